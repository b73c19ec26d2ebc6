from classroom import expect, task


@task(1)
def test_hello(client):
    """GET / answers {"hello": "world"}."""
    expect(client.get("/")).ok({"hello": "world"})


@task(2)
def test_double(client, draw):
    """GET /double/{number} answers twice the number."""
    number = draw.randrange(10, 1000)
    expect(client.get(f"/double/{number}")).ok({"double": 2 * number})


@task(3)
def test_word_is_refused(client):
    """GET /double/{number} refuses a word with 422."""
    expect(client.get("/double/4")).ground(task=2)
    expect(client.get("/double/four")).refused(422)
