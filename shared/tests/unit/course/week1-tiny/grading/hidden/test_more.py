from classroom import expect, task


@task(2, weight=2)
def test_double_of_a_negative(client, draw):
    """GET /double/{number} doubles a negative number, too."""
    number = -draw.randrange(10, 1000)
    expect(client.get(f"/double/{number}")).ok({"double": 2 * number})


@task(3)
def test_fraction_is_refused(client):
    """GET /double/{number} rejects a fraction with 422."""
    expect(client.get("/double/4")).ground(task=2)
    expect(client.get("/double/4.5")).refused(422)
