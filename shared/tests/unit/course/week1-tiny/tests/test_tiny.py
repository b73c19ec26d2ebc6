from classroom import expect, task


@task(1)
def test_hello(client):
    """GET / returns {"hello": "world"}."""
    expect(client.get("/")).ok({"hello": "world"})


@task(2)
def test_double(client, draw):
    """GET /double/{number} returns twice the number."""
    number = draw.randrange(10, 1000)
    expect(client.get(f"/double/{number}")).ok({"double": 2 * number})


@task(3)
def test_word_is_refused(client):
    """GET /double/{number} rejects a word with 422."""
    expect(client.get("/double/4")).ground(task=2)
    expect(client.get("/double/four")).refused(422)
