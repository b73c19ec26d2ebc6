"""Task 7, twice and in a row."""

from classroom import expect, task


@task(7)
def test_put_twice_leaves_the_same_row(client, hub):
    """The same PUT /resources/{id} twice answers 200 twice and leaves the same row, once."""
    row, sent = hub.resource(), hub.new()
    count = len(hub.resources())

    for _ in range(2):
        expect(client.put(f"/resources/{row['id']}", json=sent)).ok({"id": row["id"], **sent})

    expect.that(hub.resources(id=row["id"]) == [{"id": row["id"], **sent}], "The row is not what was sent.")
    expect.that(len(hub.resources()) == count, "PUT has changed how many resources there are.")


@task(7)
def test_put_fills_what_was_empty(client, hub):
    """PUT /resources/{id} fills a field that was null, and empties one that was filled, in one go."""
    row = hub.resource(address=None)
    sent = hub.new()
    del sent["contact_email"]

    expect(client.put(f"/resources/{row['id']}", json=sent)).ok({"id": row["id"], **sent, "contact_email": None})
    stored = hub.resources(id=row["id"])
    expect.that(stored == [{"id": row["id"], **sent, "contact_email": None}], f"The row is stored as {stored}.")


@task(7)
def test_put_to_a_deleted_resource_is_404(client, hub):
    """PUT /resources/{id} answers 404 for a resource that was deleted, and does not bring it back."""
    row = hub.resource()
    expect(client.put(f"/resources/{row['id']}", json=hub.new())).ok()
    hub.remove("resources", row["id"])

    hub.refused(client.put(f"/resources/{row['id']}", json=hub.new()), 404)
    expect.that(not hub.resources(id=row["id"]), "The resource is back.")


@task(7)
def test_put_of_texts_of_many_kinds(client, hub, draw):
    """PUT /resources/{id} stores long names and letters of all alphabets."""
    long = (draw.word(9).capitalize() + " ") * 9 + draw.word(9)
    row = hub.resource()
    for sent in (hub.new(name=long), hub.new(name="Küche für alle", address="食堂 1")):
        expect(client.put(f"/resources/{row['id']}", json=sent)).ok({"id": row["id"], **sent})
        stored = hub.resources(id=row["id"])
        expect.that(stored == [{"id": row["id"], **sent}], f"The row is stored as {stored}.")
