"""Task 3, under more pressure."""

from functools import partial

from classroom import expect, task, together


@task(3)
def test_null_for_a_required_field_is_refused(client, hub):
    """POST /resources accepts null for optional fields, and rejects null for required ones with 422."""
    new = hub.new_resource(address=None, contact_email=None)
    expect(client.post("/resources", json=new)).created(new)

    for name in ("name", "category"):
        hub.refused(client.post("/resources", json=hub.new_resource(**{name: None})), 422)


@task(3)
def test_any_text_is_stored_as_it_is(client, hub):
    """POST /resources stores quotes, backslashes, percent signs and any script unchanged."""
    for odd in ("O'Neill; DROP TABLE referrals; --", 'a "quoted" \\n name', "100% {x} :name %s", "Straße 漢字 ☂"):
        new = hub.new_resource(name=f"{hub.draw.word().title()} {odd}", address=odd)
        made = expect(client.post("/resources", json=new)).created({"id": int, **new}).answer.json
        hub.is_stored("resources", {"id": made["id"], **new})


@task(3)
def test_a_body_that_is_not_json_is_422(client, hub):
    """POST /resources rejects a body that is not valid JSON with 422."""
    new = hub.new_resource()
    expect(client.post("/resources", json=new)).created(new)

    broken = client.post("/resources", content=b'{"name": ', headers={"Content-Type": "application/json"})
    hub.refused(broken, 422)


@task(3, weight=2)
def test_after_an_error_at_the_statement_other_requests_work(client, hub, trouble):
    """If the database rejects a statement, the response is an error without database details, and other requests work."""
    new = hub.new_resource()
    kept = hub.resource()
    before = hub.count("resources") + 1
    expect(client.post("/resources", json=new)).created(new)
    hub.settled(lambda: hub.count("resources"), before)
    secret = hub.draw.word(16)

    trouble.refuse("resources", secret, when="row")
    for _ in range(3):
        answer = client.post("/resources", json=hub.new_resource())
        expect.that(
            answer.status >= 400, f"The database rejected the row, but the response is {answer.status}.", answer
        )
        hub.shows_nothing(answer, secret)
        expect(client.get(f"/resources/{kept['id']}")).ok(kept)
    hub.calm()

    expect.that(hub.count("resources") == before, "A row that the database rejected is in the table.")
    another = hub.new_resource()
    expect(client.post("/resources", json=another)).created(another)


@task(3, weight=2)
def test_many_errors_use_up_nothing(client, hub, trouble):
    """After forty failed requests, no transactions and at most twenty connections are open, and new requests work."""
    new = hub.new_resource()
    kept = hub.resource()
    expect(client.post("/resources", json=new)).created(new)

    trouble.refuse("resources", hub.draw.word(16))
    for _ in range(4):
        failing = [partial(client.post, "/resources", json=hub.new_resource()) for _ in range(5)]
        missing = [partial(client.get, f"/resources/{hub.unused_id()}") for _ in range(5)]
        answers = together(*failing, *missing)
        expect.that(
            all(answer.status >= 400 for answer in answers[:5]), "A commit failed, but the response reports success."
        )
        for answer in answers[5:]:
            hub.refused(answer, 404)
        connections = hub.leaves_no_transaction("ten requests had failed")
    hub.calm()

    expect.that(
        len(connections) <= 20, f"{len(connections)} connections are open after all requests, expected at most 20."
    )
    expect(client.get(f"/resources/{kept['id']}")).ok(kept)
    another = hub.new_resource()
    expect(client.post("/resources", json=another)).created(another)


@task(3)
def test_reads_and_rejections_leave_nothing_open(client, hub):
    """After thirty requests in a row (reads, unknown ids and invalid bodies), no transaction is open."""
    kept = hub.resource()
    for _ in range(10):
        expect(client.get(f"/resources/{kept['id']}")).ok(kept)
        hub.refused(client.get(f"/resources/{hub.unused_id()}"), 404)
        hub.refused(client.post("/resources", json={"name": hub.draw.word()}), 422)
        hub.leaves_no_transaction("a read, an unknown id and an invalid body")


@task(3, weight=2)
def test_an_error_does_not_affect_requests_at_the_same_time(client, hub, trouble):
    """Valid and invalid requests sent at the same time each get their own response, and each row is stored once."""
    trouble.slow_commit("resources", 0.03)
    category = hub.name.category() + hub.draw.word(6)
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
        f"15 resources were created, but the table has {stored()[0]}, {stored()[1]} of them different.",
    )
