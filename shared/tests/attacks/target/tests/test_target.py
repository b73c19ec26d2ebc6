from classroom import expect, task


@task(1)
def test_hello(client):
    """GET / returns a greeting."""
    expect(client.get("/")).ok({"message": "hello"})


@task(2)
def test_double(client, draw):
    """GET /double/{number} returns twice the number."""
    number = draw.randint(100, 999)
    expect(client.get(f"/double/{number}")).ok({"double": number * 2})


@task(3)
def test_backwards(client, draw):
    """GET /backwards/{word} returns the word backwards."""
    word = draw.word(8)
    expect(client.get(f"/backwards/{word}")).ok({"backwards": word[::-1]})
