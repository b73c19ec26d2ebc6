"""Task 3: create, read, and a session for each request."""

import time
from functools import partial

from classroom import expect, task, together

SLOW = 0.4


@task(3)
def test_create_returns_201_with_the_stored_row(client, hub):
    """POST /resources stores a resource and returns 201 with the new row."""
    new = hub.new_resource()

    made = expect(client.post("/resources", json=new)).created({"id": int, **new}).answer.json

    hub.is_stored("resources", {"id": made["id"], **new})


@task(3)
def test_optional_fields_may_be_left_out(client, hub):
    """POST /resources accepts a resource without an address or contact_email and returns both as null."""
    new = {"name": hub.name.place(), "category": "Food"}

    expect(client.post("/resources", json=new)).created({"id": int, **new, "address": None, "contact_email": None})


@task(3)
def test_read_returns_one_resource_or_404(client, hub):
    """GET /resources/{id} returns that resource, 404 for an unknown id, and 422 for an id that is not a number."""
    wanted, _ = hub.resources([{}, {}])

    expect(client.get(f"/resources/{wanted['id']}")).ok(wanted)
    hub.refused(client.get(f"/resources/{hub.unused_id()}"), 404)
    hub.refused(client.get("/resources/first"), 422)


@task(3)
def test_a_missing_name_or_category_is_422(client, hub):
    """POST /resources rejects a resource without a name or a category with 422 and stores nothing."""
    new = hub.new_resource()
    before = hub.count("resources")
    expect(client.post("/resources", json=new)).created()
    stored = hub.settled(lambda: hub.count("resources"), before + 1)

    for name in ("name", "category"):
        hub.refused(client.post("/resources", json={key: new[key] for key in new if key != name}), 422)

    expect.that(hub.count("resources") == stored, "A rejected request stored a row.")


@task(3, weight=2)
def test_create_is_committed_before_the_response(client, hub, trouble):
    """POST /resources commits before it responds, even when the commit is slow."""
    trouble.slow_commit("resources", SLOW)
    new = hub.new_resource()

    began = time.monotonic()
    answer = client.post("/resources", json=new)
    took = time.monotonic() - began

    expect(answer).created(new)
    expect.that(
        took >= SLOW,
        f"The 201 was sent before the commit: after {took:.2f} s, while the commit takes {SLOW} s here.",
        answer,
    )


@task(3, weight=2)
def test_an_error_at_the_commit_is_reported_and_the_next_request_works(client, hub, trouble):
    """If a commit fails, POST /resources returns an error without database details, and the next request works."""
    new = hub.new_resource()
    expect(client.post("/resources", json=new)).created(new)
    secret = hub.draw.word(16)

    trouble.refuse("resources", secret)
    for _ in range(2):
        answer = client.post("/resources", json=hub.new_resource())
        expect.that(
            answer.status >= 400,
            f"The database rejected the commit, but the response is {answer.status}: the error is not reported.",
            answer,
        )
        hub.shows_nothing(answer, secret)
    hub.calm()

    another = hub.new_resource()
    expect(client.post("/resources", json=another)).created(another)


@task(3, weight=2)
def test_ten_at_a_time_work_and_leave_nothing_open(client, hub, trouble):
    """Ten simultaneous requests work; afterwards, no transactions and at most twenty connections are open."""
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
    expect.that(
        len(connections) <= 20, f"{len(connections)} connections are open after all requests, expected at most 20."
    )
