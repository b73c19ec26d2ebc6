from classroom import app_tables, expect, task


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
    for table in app_tables(database):
        database.slow_commit(table, 0)
    expect.that("notes" in database.names(), "There is no table for the notes.")
    database.calm()
    rows = database.rows("SELECT text FROM notes ORDER BY id")
    expect.that([row["text"] for row in rows] == words, "The notes are not in the table.")
    with database.counting() as counted:
        client.get(f"/add/{draw.word(6)}")
    expect.that(counted.total(naming=("notes",)) <= 3, "The notes are read one by one.")


@task(2)
def test_note_of_the_course(client, draw, database):
    """GET /add/{text} also returns a note that was stored with SQL."""
    row = database.rows("INSERT INTO notes (text) VALUES (%s) RETURNING text", draw.word(6))[0]
    answer = client.get(f"/add/{draw.word(6)}")
    expect(answer).ok()
    expect.that(row["text"] in answer.json["notes"], "The note that was stored with SQL is missing.")
