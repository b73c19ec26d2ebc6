"""Task 1, with a fresh start."""

from classroom import expect, task


@task(1)
def test_health_answers_after_a_restart(fresh):
    """GET /health answers the same after the app has been started again."""
    for _ in range(2):
        expect(fresh.get("/health")).ok({"status": "ok", "database": "ok"})
