"""Task 6 with more texts and more restarts."""

from classroom import expect, task


@task(6)
def test_texts_of_many_kinds_are_stored(client, hub, draw):
    """POST /resources stores long and short names, letters from any alphabet, and two identical resources."""
    long = (draw.word(9).capitalize() + " ") * 9 + draw.word(9)
    twin = hub.new()
    short = hub.new(name="A", category="B", address="1")
    for sent in (hub.new(name=long), hub.new(name="Küche für alle", address="食堂 1"), short, twin, twin):
        answer = client.post("/resources", json=sent)

        expect(answer).created({"id": int, **sent})
        hub.holds({"id": answer.json["id"], **sent}, answer)
    expect.that(
        len(hub.resources(name=twin["name"])) == 2, "Two identical resources were sent, so there should be two rows."
    )


@task(6)
def test_one_optional_field_without_the_other(client, hub):
    """POST /resources accepts an address without a contact_email, and a contact_email without an address."""
    for field, empty in (("address", "contact_email"), ("contact_email", "address")):
        sent = hub.new()
        del sent[empty]

        answer = client.post("/resources", json=sent)

        expect(answer).created({"id": int, field: sent[field], empty: None})
        stored = hub.resources(name=sent["name"])
        kept = len(stored) == 1 and stored[0][field] == sent[field] and stored[0][empty] is None
        expect.that(kept, f"The resource is stored as {stored}.", answer)


@task(6)
def test_refused_resource_leaves_no_trace(client, hub):
    """After POST /resources returns 422, the tables are unchanged, and the next POST works."""
    good = hub.new()
    expect(client.post("/resources", json=good)).created()
    before = hub.resources(), hub.referrals()
    for bad in ({}, {"name": hub.name()}, {"category": "Food"}, good | {"name": " "}, good | {"category": "     "}, []):
        hub.refused(client.post("/resources", json=bad), 422)
    for broken in (b"", b"{", b"name=A&category=B", b'{"name": "A" "category": "B"}'):
        hub.refused(client.post("/resources", content=broken, headers={"Content-Type": "application/json"}), 422)

    expect.that((hub.resources(), hub.referrals()) == before, "A rejected resource changed the tables.")
    expect(client.post("/resources", json=good)).created({"id": int, **good})


@task(6)
def test_resources_survive_several_restarts(client, app, hub):
    """Resources created before and between restarts are all stored, each with its own id."""
    ids = []
    for _ in range(2):
        for _ in range(2):
            answer = client.post("/resources", json=hub.new())
            expect(answer).created({"id": int})
            ids.append(answer.json["id"])
        before = hub.resources(), hub.referrals()
        app.restart()
        expect.that((hub.resources(), hub.referrals()) == before, "A restart changed the rows.")

    expect.that(
        len(set(ids)) == len(ids), f"Resources created one after the other got the ids {ids}, expected different ones."
    )
    stored = {row["id"] for row in hub.resources()}
    expect.that(stored >= set(ids), "After the restarts, a resource is missing from the table.")
