"""Task 6: a new resource is stored for good, or rejected if it has no name or category."""

import pytest
from classroom import expect, task
from support.differences import rows_difference

EMPTY = {"a null": None, "an empty": "", "a blank": "   "}


@task(6)
def test_created_resource_is_stored(client, hub):
    """POST /resources returns 201 with the stored row, including its new id."""
    sent = hub.new()

    answer = client.post("/resources", json=sent)

    expect(answer).created({"id": int, **sent})
    expect(answer).created(hub.created_once("resources", answer, name=sent["name"]))


@task(6)
def test_optional_fields_may_be_null_or_left_out(client, hub):
    """POST /resources accepts a resource whose address and contact_email are null or left out, and stores NULL."""
    for sent in (
        {"name": hub.name(), "category": "Food", "address": None, "contact_email": None},
        {"name": hub.name(), "category": "Food"},
    ):
        answer = client.post("/resources", json=sent)

        expect(answer).created({"id": int, **sent, "address": None, "contact_email": None})
        stored = hub.resources(name=sent["name"])
        expect.that(stored, "The new row is not in the resources table. Was it committed?", answer)
        expect.that(
            stored[0]["address"] is None, f"The address is stored as {stored[0]['address']!r}, expected NULL.", answer
        )
        email = stored[0]["contact_email"]
        expect.that(email is None, f"The contact_email is stored as {email!r}, expected NULL.", answer)


@task(6)
@pytest.mark.parametrize("field", ["name", "category"])
def test_resource_without_name_or_category_is_422(client, hub, field):
    """POST /resources returns 422 and stores nothing if name or category is missing, null, empty or blank."""
    good = hub.new()
    without = {key: value for key, value in good.items() if key != field}

    expect(client.post("/resources", json=good)).created()
    before = hub.resources()
    wrong = {f"no {field}": without}
    wrong |= {f"{kind} {field}": good | {field: value} for kind, value in EMPTY.items()}
    for sent, bad in wrong.items():
        hub.refused(client.post("/resources", json=bad), 422, sent)

    expect.that(hub.resources() == before, "A rejected resource is stored anyway.")


@task(6)
def test_body_that_is_not_json_is_422(client, hub):
    """POST /resources returns 422 and stores nothing if the body is not valid JSON."""
    expect(client.post("/resources", json=hub.new())).created()
    before = hub.resources()
    headers = {"Content-Type": "application/json"}

    hub.refused(client.post("/resources", content=b'{"name": "A", "category"', headers=headers), 422)

    expect.that(hub.resources() == before, "A rejected resource is stored anyway.")


@task(6)
def test_two_resources_may_be_alike(client, hub):
    """POST /resources stores a resource even if others have the same name, category, address and contact_email."""
    sent = hub.new()
    for _ in range(2):
        hub.resource(**sent)

    answer = client.post("/resources", json=sent)

    expect(answer).created({"id": int, **sent})
    expect.that(len(hub.resources(**sent)) == 3, "The new row is not in the table. Was it committed?", answer)


@task(6)
def test_resource_is_still_there_after_a_restart(client, app, hub):
    """A new resource is still there after the app is restarted."""
    answer = client.post("/resources", json=hub.new())
    expect(answer).created({"id": int})
    before = hub.resources()

    app.restart()

    mismatch = rows_difference(hub.resources(), before)
    expect.that(mismatch is None, f"After a restart, the resources table is not the same as before: {mismatch}.")
    stored = next((row for row in before if row["id"] == answer.json["id"]), None)
    expect.that(stored, "The new row is not in the resources table. Was it committed?", answer)


@task(6)
def test_created_resource_is_committed_before_the_answer(client, database, hub):
    """When POST /resources returns 201, the row is already committed, even if the database is slow."""
    database.slow_commit("resources", 0.3)
    sent = hub.new()

    answer = client.post("/resources", json=sent)

    expect(answer).created()
    expect.that(hub.resources(name=sent["name"]), "The response was sent before the row was committed.", answer)


@task(6)
def test_id_is_never_given_twice(client, hub):
    """POST /resources gives each resource its own id, even after the newest one is deleted."""
    first = client.post("/resources", json=hub.new())
    expect(first).created({"id": int})
    second = client.post("/resources", json=hub.new())
    expect(second).created({"id": int})
    hub.remove("resources", second.json["id"])

    third = client.post("/resources", json=hub.new())

    expect(third).created({"id": int})
    ids = [answer.json["id"] for answer in (first, second, third)]
    expect.that(
        len(set(ids)) == len(ids),
        f"Three resources, one after the other, got the ids {ids}, expected three different ids.",
        third,
    )
