"""Task 3: create, read, and a session for each request."""

import time
from functools import partial

from classroom import expect, task, together

SLOW = 0.4


@task(3)
def test_create_answers_201_with_the_stored_row(client, hub):
    """POST /resources stores a resource and answers 201 with the row."""
    new = hub.new_resource()

    made = expect(client.post("/resources", json=new)).created({"id": int, **new}).answer.json

    stored = hub.settled(lambda: hub.stored_resource(made["id"]), {"id": made["id"], **new})
    expect.that(stored == {"id": made["id"], **new}, f"The table resources holds {stored}, sent was {new}.")


@task(3)
def test_optional_fields_may_be_left_out(client, hub):
    """POST /resources takes a resource without address and contact_email: they are null."""
    new = {"name": hub.draw.word().title(), "category": "Food"}

    expect(client.post("/resources", json=new)).created({"id": int, **new, "address": None, "contact_email": None})


@task(3)
def test_read_answers_one_resource_or_404(client, hub):
    """GET /resources/{id} answers that resource, 404 for an unknown id and 422 for a malformed one."""
    wanted, _ = hub.resources([{}, {}])

    expect(client.get(f"/resources/{wanted['id']}")).ok(wanted)
    hub.refused(client.get(f"/resources/{hub.unused_id()}"), 404)
    hub.refused(client.get(f"/resources/{hub.draw.word()}"), 422)


@task(3)
def test_a_missing_name_or_category_is_422(client, hub):
    """POST /resources without a name or a category is 422, and stores nothing."""
    new = hub.new_resource()
    before = hub.count("resources")
    expect(client.post("/resources", json=new)).created()
    stored = hub.settled(lambda: hub.count("resources"), before + 1)

    for name in ("name", "category"):
        hub.refused(client.post("/resources", json={key: new[key] for key in new if key != name}), 422)

    expect.that(hub.count("resources") == stored, "A refused request has stored something.")


@task(3, weight=2)
def test_create_is_committed_before_it_is_answered(client, hub, trouble):
    """POST /resources is committed before its answer leaves, however slow the commit is."""
    trouble.slow_commit("resources", SLOW)
    new = hub.new_resource()

    began = time.monotonic()
    answer = client.post("/resources", json=new)
    took = time.monotonic() - began

    expect(answer).created(new)
    expect.that(
        took >= SLOW,
        f"The answer 201 came after {took:.2f} s, but the commit takes {SLOW} s: it was not done yet.",
        answer,
    )


@task(3, weight=2)
def test_an_error_at_the_commit_is_told_and_spoils_nothing(client, hub, trouble):
    """When the database refuses the commit, the answer is an error that shows nothing, and the next request works."""
    new = hub.new_resource()
    expect(client.post("/resources", json=new)).created(new)
    secret = hub.draw.word(16)

    trouble.refuse("resources", secret)
    for _ in range(2):
        answer = client.post("/resources", json=hub.new_resource())
        expect.that(
            answer.status >= 400, f"The database refused the commit, and the answer is {answer.status}.", answer
        )
        hub.shows_nothing(answer, secret)
    hub.calm()

    another = hub.new_resource()
    expect(client.post("/resources", json=another)).created(another)


@task(3, weight=2)
def test_ten_at_a_time_work_and_leave_nothing_open(client, hub, trouble):
    """Ten requests at a time work; then no connection is in a transaction, and at most twenty are open."""
    trouble.slow_commit("resources", 0.05)
    several = [hub.new_resource() for _ in range(10)]

    answers = together(*(partial(client.post, "/resources", json=new) for new in several))
    made = [
        expect(answer).created({"id": int, **new}).answer.json for new, answer in zip(several, answers, strict=True)
    ]
    hub.leaves_no_transaction("ten resources were created")
    known = [partial(client.get, f"/resources/{resource['id']}") for resource in made[:6]]
    unknown = [partial(client.get, f"/resources/{hub.unused_id()}") for _ in range(4)]
    for answer, code in zip(together(*known, *unknown), [200] * 6 + [404] * 4, strict=True):
        expect(answer).status(code)

    client.get("/health")
    connections = hub.leaves_no_transaction("ten resources were read")
    expect.that(len(connections) <= 20, f"{len(connections)} connections are open at rest, at most 20 are asked for.")
