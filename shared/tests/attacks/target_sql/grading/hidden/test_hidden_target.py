from classroom import expect, task


@task(2)
def test_notes_outlive_a_fresh_start(fresh, draw):
    """GET /add/{text} adds to the notes of before."""
    word = draw.word(6)
    answer = fresh.get(f"/add/{word}")
    expect(answer).ok()
    expect.that(answer.json["notes"][-1] == word and len(answer.json["notes"]) > 3, "The notes of before are gone.")
