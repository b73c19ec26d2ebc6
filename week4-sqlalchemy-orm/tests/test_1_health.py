"""Task 1: the app reaches its database."""

from classroom import expect, task


@task(1)
def test_health_says_that_the_database_responds(client):
    """GET /health returns {"status": "ok", "database": "ok"}."""
    expect(client.get("/health")).ok({"status": "ok", "database": "ok"})
