from classroom import expect, task


@task(2)
def test_double_of_other_numbers(client, draw):
    """GET /double/{number} returns twice any number."""
    for _ in range(3):
        number = draw.randint(-10_000, 10_000)
        expect(client.get(f"/double/{number}")).ok({"double": number * 2})


@task(3, weight=2)
def test_backwards_after_a_fresh_start(fresh, draw):
    """GET /backwards/{word} returns the word backwards, whatever was requested before."""
    for _ in range(3):
        word = draw.word(9)
        expect(fresh.get(f"/backwards/{word}")).ok({"backwards": word[::-1]})
