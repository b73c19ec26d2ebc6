"""Task 5: change what is sent."""

from classroom import expect, task


@task(5)
def test_patch_changes_what_is_sent_and_nothing_else(client, hub):
    """PATCH /resources/{id} changes only the fields that are sent, only in that row, and returns the resource."""
    resource, others = hub.among_others()
    change = {"name": hub.name.place(), "address": hub.name.address()}

    hub.patched(client.patch(f"/resources/{resource['id']}", json=change), resource, change)

    hub.is_changed(resource, resource | change)
    hub.unchanged(others)


@task(5)
def test_empty_patch_changes_nothing(client, hub):
    """PATCH /resources/{id} with {} changes nothing and returns the resource."""
    resource = hub.resource()

    hub.patched(client.patch(f"/resources/{resource['id']}", json={}), resource, {})

    expect.that(hub.stored_resource(resource["id"]) == resource, "An empty PATCH changed the row in the table.")


@task(5)
def test_null_clears_an_optional_field(client, hub):
    """PATCH /resources/{id} with null for the optional address sets it to null."""
    resource = hub.resource()

    hub.patched(client.patch(f"/resources/{resource['id']}", json={"address": None}), resource, {"address": None})

    hub.is_changed(resource, resource | {"address": None})


@task(5)
def test_null_for_a_required_field_is_422(client, hub):
    """PATCH /resources/{id} rejects null for the required name with 422 and changes nothing."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}"
    expect(client.patch(path, json={"name": resource["name"]})).ok(resource)

    hub.refused(client.patch(path, json={"name": None}), 422)

    expect.that(hub.stored_resource(resource["id"]) == resource, "A rejected PATCH changed the row in the table.")


@task(5)
def test_an_invalid_field_keeps_a_valid_one_from_changing(client, hub):
    """PATCH /resources/{id} with one valid and one invalid field is rejected with 422 and changes neither."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}"
    good = {"address": hub.name.address(), "category": hub.name.category()}
    for required, other in (("category", "name"), ("name", "category"), ("category", "address")):
        valid, invalid = {other: hub.new_resource()[other]}, {required: None}
        for change in (valid | invalid, invalid | valid):
            hub.refused(client.patch(path, json=change), 422)
            found = hub.stored_resource(resource["id"])
            expect.that(found == resource, f"The rejected PATCH {change} changed the row in the table to {found}.")

    expect(client.patch(path, json=good)).ok(resource | good)


@task(5)
def test_patch_of_an_unknown_id_is_404(client, hub):
    """PATCH /resources/{id} returns 404 for an unknown id."""
    resource = hub.resource()
    change = {"name": hub.name.place()}

    expect(client.patch(f"/resources/{resource['id']}", json=change)).ok(change)
    hub.refused(client.patch(f"/resources/{hub.unused_id()}", json=change), 404)


@task(5)
def test_a_change_closes_its_session(client, hub):
    """PATCH /resources/{id} closes its session, even for an unknown id: no transaction is open after the response."""
    resource = hub.resource()
    change = {"name": hub.name.place()}

    hub.leaves_nothing_open(
        client,
        lambda: expect(client.patch(f"/resources/{resource['id']}", json=change)).ok(resource | change),
        lambda: hub.refused(client.patch(f"/resources/{hub.unused_id()}", json=change), 404),
    )


@task(5)
def test_a_change_whose_commit_fails_is_an_error(client, hub, trouble):
    """If the database rejects a change, PATCH returns an error without database details, and the next PATCH works."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}"
    expect(client.patch(path, json={"address": "First Road"})).ok({"address": "First Road"})

    hub.bears_a_refused_commit(client, lambda: client.patch(path, json={"address": "Second Road"}))

    expect(client.patch(path, json={"address": "Third Road"})).ok({"address": "Third Road"})
