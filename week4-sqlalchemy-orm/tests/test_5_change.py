"""Task 5: change what is sent."""

from classroom import expect, task


@task(5)
def test_patch_changes_what_is_sent_and_nothing_else(client, hub):
    """PATCH /resources/{id} changes the fields that are sent, and answers 200 with the resource."""
    other, resource = hub.resources([{}, {}])
    change = {"name": hub.draw.word().title(), "address": f"{hub.draw.word()} Lane"}

    expect(client.patch(f"/resources/{resource['id']}", json=change)).ok(resource | change)

    stored = hub.settled(lambda: hub.stored_resource(resource["id"]), resource | change)
    expect.that(stored == resource | change, f"The table resources holds {stored}, expected {resource | change}.")
    expect.that(hub.stored_resource(other["id"]) == other, "Another resource has changed too.")


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

    expect(client.patch(path, json={"name": None})).refused(422)
    expect(client.patch(path, json={"address": "elsewhere", "category": None})).refused(422)

    expect.that(hub.stored_resource(resource["id"]) == resource, "A refused PATCH has changed the row.")


@task(5)
def test_patch_of_an_unknown_id_is_404(client, hub):
    """PATCH /resources/{id} is 404 for an unknown id."""
    resource = hub.resource()
    change = {"name": hub.draw.word().title()}

    expect(client.patch(f"/resources/{resource['id']}", json=change)).ok(change)
    expect(client.patch(f"/resources/{hub.unused_id()}", json=change)).refused(404)


@task(5)
def test_a_change_leaves_nothing_open(client, hub):
    """PATCH /resources/{id} leaves no connection in a transaction, for a known and for an unknown id."""
    resource = hub.resource()
    change = {"name": hub.draw.word().title()}

    hub.leaves_nothing_open(
        client,
        lambda: expect(client.patch(f"/resources/{resource['id']}", json=change)).ok(resource | change),
        lambda: expect(client.patch(f"/resources/{hub.unused_id()}", json=change)).refused(404),
    )


@task(5)
def test_a_change_that_is_refused_at_the_commit_is_told(client, hub, trouble):
    """When the database refuses the commit of a PATCH, the answer is an error that shows nothing, and the next works."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}"
    expect(client.patch(path, json={"address": "First Road"})).ok({"address": "First Road"})

    hub.bears_a_refused_commit(client, lambda: client.patch(path, json={"address": "Second Road"}))

    expect(client.patch(path, json={"address": "Third Road"})).ok({"address": "Third Road"})
