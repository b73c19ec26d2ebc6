"""Task 7 with repeated requests, empty fields and deleted resources."""

from classroom import expect, task


@task(7)
def test_put_twice_leaves_the_same_row(client, hub):
    """The same PUT /resources/{id} sent twice returns 200 twice, and there is still only one such row."""
    row, sent = hub.resource(), hub.new()
    count = len(hub.resources())

    for _ in range(2):
        expect(client.put(f"/resources/{row['id']}", json=sent)).ok({"id": row["id"], **sent})

    expect.that(
        hub.resources(id=row["id"]) == [{"id": row["id"], **sent}], "The row does not have the values that were sent."
    )
    expect.that(len(hub.resources()) == count, "PUT changed the number of resources.")


@task(7)
def test_put_fills_what_was_empty(client, hub):
    """PUT /resources/{id} sets a field that was null and clears one that was set, in one request."""
    row = hub.resource(address=None)
    sent = hub.new()
    del sent["contact_email"]

    expect(client.put(f"/resources/{row['id']}", json=sent)).ok({"id": row["id"], **sent, "contact_email": None})
    stored = hub.resources(id=row["id"])
    expect.that(stored == [{"id": row["id"], **sent, "contact_email": None}], f"The resource is stored as {stored}.")


@task(7)
def test_put_to_a_deleted_resource_is_404(client, hub):
    """PUT /resources/{id} returns 404 for a deleted resource and does not create it again."""
    row = hub.resource()
    expect(client.put(f"/resources/{row['id']}", json=hub.new())).ok()
    hub.remove("resources", row["id"])

    hub.refused(client.put(f"/resources/{row['id']}", json=hub.new()), 404)
    expect.that(not hub.resources(id=row["id"]), "The deleted resource is in the table again.")


@task(7)
def test_put_of_texts_of_many_kinds(client, hub, draw):
    """PUT /resources/{id} stores long names and letters from any alphabet."""
    long = (draw.word(9).capitalize() + " ") * 9 + draw.word(9)
    row = hub.resource()
    for sent in (hub.new(name=long), hub.new(name="Küche für alle", address="食堂 1")):
        expect(client.put(f"/resources/{row['id']}", json=sent)).ok({"id": row["id"], **sent})
        stored = hub.resources(id=row["id"])
        expect.that(stored == [{"id": row["id"], **sent}], f"The resource is stored as {stored}.")
