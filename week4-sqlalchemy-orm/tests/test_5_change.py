"""Task 5: change what is sent."""

from classroom import expect, task


@task(5)
def test_patch_changes_what_is_sent_and_nothing_else(client, hub):
    """PATCH /resources/{id} changes the fields that are sent, in that one row, and returns 200 with the resource."""
    resource, others = hub.among_others()
    change = {"name": hub.draw.word().title(), "address": f"{hub.draw.word()} Lane"}

    expect(client.patch(f"/resources/{resource['id']}", json=change)).ok(resource | change)

    stored = hub.settled(lambda: hub.stored_resource(resource["id"]), resource | change)
    expect.that(stored == resource | change, f"The table resources holds {stored}, expected {resource | change}.")
    hub.unchanged(others)


@task(5)
def test_empty_patch_changes_nothing(client, hub):
    """PATCH /resources/{id} with {} answers 200 with the resource as it was."""
    resource = hub.resource()

    expect(client.patch(f"/resources/{resource['id']}", json={})).ok(resource)

    expect.that(hub.stored_resource(resource["id"]) == resource, "An empty PATCH has changed the row.")


@task(5)
def test_null_clears_an_optional_field(client, hub):
    """PATCH /resources/{id} with null clears address and contact_email."""
    resource = hub.resource()
    cleared = resource | {"address": None}

    expect(client.patch(f"/resources/{resource['id']}", json={"address": None})).ok(cleared)

    stored = hub.settled(lambda: hub.stored_resource(resource["id"]), cleared)
    expect.that(stored == cleared, f"The table resources holds {stored}, expected {cleared}.")


@task(5)
def test_null_for_a_required_field_is_422(client, hub):
    """PATCH /resources/{id} with null for a required field is 422, and changes nothing."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}"
    expect(client.patch(path, json={"name": resource["name"]})).ok(resource)

    hub.refused(client.patch(path, json={"name": None}), 422)

    expect.that(hub.stored_resource(resource["id"]) == resource, "A rejected PATCH changed the row.")


@task(5)
def test_an_invalid_field_keeps_a_valid_one_from_changing(client, hub):
    """PATCH /resources/{id} with a valid field before or after an invalid one is rejected with 422 and changes nothing."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}"
    good = {"address": f"{hub.draw.word()} Lane", "category": hub.draw.word().title()}
    for required, other in (("category", "name"), ("name", "category"), ("category", "address")):
        valid, invalid = {other: hub.draw.word().title()}, {required: None}
        for change in (valid | invalid, invalid | valid):
            hub.refused(client.patch(path, json=change), 422)
            found = hub.stored_resource(resource["id"])
            expect.that(found == resource, f"The rejected PATCH {change} changed the row to {found}.")

    expect(client.patch(path, json=good)).ok(resource | good)


@task(5)
def test_patch_of_an_unknown_id_is_404(client, hub):
    """PATCH /resources/{id} is 404 for an unknown id."""
    resource = hub.resource()
    change = {"name": hub.draw.word().title()}

    expect(client.patch(f"/resources/{resource['id']}", json=change)).ok(change)
    hub.refused(client.patch(f"/resources/{hub.unused_id()}", json=change), 404)


@task(5)
def test_a_change_leaves_nothing_open(client, hub):
    """PATCH /resources/{id} leaves no connection in a transaction, for a known and for an unknown id."""
    resource = hub.resource()
    change = {"name": hub.draw.word().title()}

    hub.leaves_nothing_open(
        client,
        lambda: expect(client.patch(f"/resources/{resource['id']}", json=change)).ok(resource | change),
        lambda: hub.refused(client.patch(f"/resources/{hub.unused_id()}", json=change), 404),
    )


@task(5)
def test_a_change_that_is_refused_at_the_commit_is_told(client, hub, trouble):
    """When the database refuses a PATCH, the response is an error that shows nothing of it, and the next one works."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}"
    expect(client.patch(path, json={"address": "First Road"})).ok({"address": "First Road"})

    hub.bears_a_refused_commit(client, lambda: client.patch(path, json={"address": "Second Road"}))

    expect(client.patch(path, json={"address": "Third Road"})).ok({"address": "Third Road"})
