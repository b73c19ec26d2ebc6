"""Task 1: the app reaches its database."""

from classroom import expect, task


@task(1)
def test_health_is_ok(client):
    """GET /health reports that the app and its database are up."""
    expect(client.get("/health")).ok({"status": "ok", "database": "ok"})
