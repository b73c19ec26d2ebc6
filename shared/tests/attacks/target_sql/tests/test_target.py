from classroom import expect, task


@task(1)
def test_hello(client):
    """GET / returns a greeting."""
    expect(client.get("/")).ok({"message": "hello"})


@task(2)
def test_notes(client, draw, database):
    """GET /add/{text} stores a note, and returns all notes."""
    words = [draw.word(6) for _ in range(3)]
    for word in words:
        answer = client.get(f"/add/{word}")
    expect(answer).ok({"notes": words})
    rows = database.rows("SELECT text FROM notes ORDER BY id")
    expect.that([row["text"] for row in rows] == words, "The notes are not in the table.")
