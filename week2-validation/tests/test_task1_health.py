from classroom import expect, task


@task(1)
def test_health_is_ok(client):
    """GET /health returns {"status": "ok"}."""
    expect(client.get("/health")).ok({"status": "ok"})
