"""Task 1: the system is up."""

from classroom import expect, task


@task(1)
def test_health_needs_no_token(site):
    """GET /health returns the same response with a token, and also through the balancer."""
    for _ in range(4):
        expect(site.any.get("/health", headers=site.system.bearer(site.owner))).ok({"status": "ok"})
