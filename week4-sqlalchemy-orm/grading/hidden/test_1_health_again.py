"""Task 1, after a restart."""

from classroom import expect, task


@task(1)
def test_health_responds_after_a_restart(fresh):
    """GET /health returns the same response after the app is restarted."""
    for _ in range(2):
        expect(fresh.get("/health")).ok({"status": "ok", "database": "ok"})
