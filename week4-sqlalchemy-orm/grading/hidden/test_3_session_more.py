"""Task 3, under more pressure."""

from functools import partial

from classroom import expect, task, together


@task(3)
def test_null_for_a_required_field_is_refused(client, hub):
    """POST /resources with null for a required field is 422, with null for an optional one 201."""
    new = hub.new_resource(address=None, contact_email=None)
    expect(client.post("/resources", json=new)).created(new)

    for name in ("name", "category"):
        hub.refused(client.post("/resources", json=hub.new_resource(**{name: None})), 422)


@task(3)
def test_any_text_is_stored_as_it_is(client, hub):
    """POST /resources stores quotes, backslashes, percent signs and any script as they are."""
    for odd in ("O'Neill; DROP TABLE referrals; --", 'a "quoted" \\n name', "100% {x} :name %s", "Straße 漢字 ☂"):
        new = hub.new_resource(name=f"{hub.draw.word()} {odd}", address=odd)
        made = expect(client.post("/resources", json=new)).created({"id": int, **new}).answer.json
        stored = hub.settled(lambda: hub.stored_resource(made["id"]), {"id": made["id"], **new})  # noqa: B023
        expect.that(stored == {"id": made["id"], **new}, f"The table resources holds {stored}, sent was {new}.")


@task(3)
def test_a_body_that_is_no_json_is_422(client, hub):
    """POST /resources with a body that is no JSON is 422."""
    new = hub.new_resource()
    expect(client.post("/resources", json=new)).created(new)

    broken = client.post("/resources", content=b'{"name": ', headers={"Content-Type": "application/json"})
    hub.refused(broken, 422)


@task(3, weight=2)
def test_an_error_at_the_statement_spoils_nothing(client, hub, trouble):
    """When the database refuses a statement, the answer is an error that shows nothing, and other requests go on."""
    new = hub.new_resource()
    kept = hub.resource()
    before = hub.count("resources") + 1
    expect(client.post("/resources", json=new)).created(new)
    hub.settled(lambda: hub.count("resources"), before)
    secret = hub.draw.word(16)

    trouble.refuse("resources", secret, when="row")
    for _ in range(3):
        answer = client.post("/resources", json=hub.new_resource())
        expect.that(answer.status >= 400, f"The database refused the row, and the answer is {answer.status}.", answer)
        hub.shows_nothing(answer, secret)
        expect(client.get(f"/resources/{kept['id']}")).ok(kept)
    hub.calm()

    expect.that(hub.count("resources") == before, "A row that the database refused is there.")
    another = hub.new_resource()
    expect(client.post("/resources", json=another)).created(another)


@task(3, weight=2)
def test_many_errors_use_up_nothing(client, hub, trouble):
    """Forty requests that fail leave no connection in a transaction, at most twenty open, and the next one works."""
    new = hub.new_resource()
    kept = hub.resource()
    expect(client.post("/resources", json=new)).created(new)

    trouble.refuse("resources", hub.draw.word(16))
    for _ in range(4):
        failing = [partial(client.post, "/resources", json=hub.new_resource()) for _ in range(5)]
        missing = [partial(client.get, f"/resources/{hub.unused_id()}") for _ in range(5)]
        answers = together(*failing, *missing)
        expect.that(
            all(answer.status >= 400 for answer in answers[:5]), "A commit that was refused is told as a success."
        )
        for answer in answers[5:]:
            hub.refused(answer, 404)
        connections = hub.leaves_no_transaction("ten requests had failed")
    hub.calm()

    expect.that(len(connections) <= 20, f"{len(connections)} connections are open at rest, at most 20 are asked for.")
    expect(client.get(f"/resources/{kept['id']}")).ok(kept)
    another = hub.new_resource()
    expect(client.post("/resources", json=another)).created(another)


@task(3)
def test_reads_and_refusals_leave_nothing_open(client, hub):
    """Thirty reads, unknown ids and refused bodies in a row leave no connection in a transaction."""
    kept = hub.resource()
    for _ in range(10):
        expect(client.get(f"/resources/{kept['id']}")).ok(kept)
        hub.refused(client.get(f"/resources/{hub.unused_id()}"), 404)
        hub.refused(client.post("/resources", json={"name": hub.draw.word()}), 422)
        hub.leaves_no_transaction("a read, an unknown id and an invalid body")


@task(3, weight=2)
def test_an_error_beside_others_is_its_own(client, hub, trouble):
    """Among requests at the same time each gets the answer that is its own, and each row is stored once."""
    trouble.slow_commit("resources", 0.03)
    category = hub.draw.word().title()
    bad = [partial(client.post, "/resources", json={"category": category}) for _ in range(5)]

    for _ in range(3):
        good = [hub.new_resource(category=category) for _ in range(5)]
        answers = together(*(partial(client.post, "/resources", json=new) for new in good), *bad)
        for new, answer in zip(good, answers, strict=False):
            expect(answer).created({"id": int, **new})
        for answer in answers[5:]:
            hub.refused(answer, 422)

    def stored():
        found = trouble.rows(
            "SELECT count(*) AS n, count(DISTINCT name) AS names FROM resources WHERE category = %s", category
        )
        return found[0]["n"], found[0]["names"]

    expect.that(
        hub.settled(stored, (15, 15)) == (15, 15),
        f"15 resources were created, stored are {stored()[0]}, of which {stored()[1]} different.",
    )
