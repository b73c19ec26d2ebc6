"""Task 1: the system is up."""

from classroom import expect, task


@task(1)
def test_health_answers_ok(site):
    """GET /health returns 200 with {"status": "ok"} on both instances."""
    for instance in (site.a, site.b):
        expect(instance.get("/health")).ok({"status": "ok"})
