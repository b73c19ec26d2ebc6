"""Task 6: a new resource, refused where it has no name or category, kept for good where it has."""

import pytest
from classroom import expect, task


@task(6)
def test_created_resource_is_stored(client, hub):
    """POST /resources answers 201 with the row as it is stored, its new id included."""
    sent = hub.new()

    answer = client.post("/resources", json=sent)

    expect(answer).created({"id": int, **sent})
    stored = hub.resources(name=sent["name"])
    expect.that(len(stored) == 1, f"The table resources holds this resource {len(stored)} times.", answer)
    expect(answer).created(stored[0])


@task(6)
def test_optional_fields_may_be_null_or_left_out(client, hub):
    """POST /resources takes a resource whose address and contact_email are null or left out, and stores NULL."""
    for sent in (
        {"name": hub.name(), "category": "Food", "address": None, "contact_email": None},
        {"name": hub.name(), "category": "Food"},
    ):
        answer = client.post("/resources", json=sent)

        expect(answer).created({"id": int, **sent, "address": None, "contact_email": None})
        stored = hub.resources(name=sent["name"])
        expect.that(stored and stored[0]["address"] is None, "The address is not stored as NULL.", answer)
        expect.that(stored[0]["contact_email"] is None, "The contact_email is not stored as NULL.", answer)


@task(6)
@pytest.mark.parametrize("field", ["name", "category"])
def test_resource_without_name_or_category_is_422(client, hub, field):
    """POST /resources answers 422 where name or category is missing, null, empty or blank, and stores nothing."""
    good = hub.new()
    without = {key: value for key, value in good.items() if key != field}

    expect(client.post("/resources", json=good)).created()
    before = hub.resources()
    for bad in (without, good | {field: None}, good | {field: ""}, good | {field: "   "}):
        hub.refused(client.post("/resources", json=bad), 422)

    expect.that(hub.resources() == before, "A resource that was refused is stored all the same.")


@task(6)
def test_body_that_is_not_json_is_422(client, hub):
    """POST /resources returns 422 if the body is not valid JSON, and stores nothing."""
    expect(client.post("/resources", json=hub.new())).created()
    before = hub.resources()
    headers = {"Content-Type": "application/json"}

    hub.refused(client.post("/resources", content=b'{"name": "A", "category"', headers=headers), 422)

    expect.that(hub.resources() == before, "A resource that was refused is stored all the same.")


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
    """A resource that was created is still there after the app has been stopped and started."""
    answer = client.post("/resources", json=hub.new())
    expect(answer).created({"id": int})
    before = hub.resources()

    app.restart()

    expect.that(hub.resources() == before, "After stop and start, the table resources holds other rows than before.")
    stored = next((row for row in before if row["id"] == answer.json["id"]), None)
    expect.that(stored, "The resource is not in the table resources.", answer)


@task(6)
def test_created_resource_is_committed_before_the_answer(client, database, hub):
    """When POST /resources answers 201, the row is there for everybody, even if the database takes its time."""
    database.slow_commit("resources", 0.3)
    sent = hub.new()

    answer = client.post("/resources", json=sent)

    expect(answer).created()
    expect.that(hub.resources(name=sent["name"]), "The answer came before the row was committed.", answer)


@task(6)
def test_id_is_never_given_twice(client, hub):
    """POST /resources gives each resource an id of its own, also after the newest one was deleted."""
    first = client.post("/resources", json=hub.new())
    expect(first).created({"id": int})
    second = client.post("/resources", json=hub.new())
    expect(second).created({"id": int})
    hub.remove("resources", second.json["id"])

    third = client.post("/resources", json=hub.new())

    expect(third).created({"id": int})
    ids = [answer.json["id"] for answer in (first, second, third)]
    expect.that(len(set(ids)) == len(ids), f"Three resources, one after the other, got the ids {ids}.", third)
