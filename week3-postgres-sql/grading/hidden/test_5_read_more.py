"""Task 5 with more rows, and after changes."""

from classroom import expect, task


@task(5)
def test_many_resources_are_listed_by_id(client, hub):
    """GET /resources lists all resources in id order, even if there are more than a hundred."""
    hub.mixed([hub.new() for _ in range(110)])

    expect(client.get("/resources")).ok(hub.resources())


@task(5)
def test_list_follows_every_change(client, hub):
    """GET /resources and GET /resources/{id} show a change at once, and the list stays in id order."""
    rows = hub.mixed([hub.new() for _ in range(4)])
    expect(client.get("/resources")).ok(hub.resources())
    new = hub.name()
    hub.database.run("UPDATE resources SET name = %s, address = NULL WHERE id = %s", new, rows[1]["id"])
    hub.remove("resources", rows[2]["id"])

    expect(client.get("/resources")).ok(hub.resources())
    expect(client.get(f"/resources/{rows[1]['id']}")).ok({**rows[1], "name": new, "address": None})
    hub.refused(client.get(f"/resources/{rows[2]['id']}"), 404).json({"detail": "Resource not found"})


@task(5)
def test_category_without_resources_is_an_empty_list(client, hub, draw):
    """GET /resources returns an empty list if no resource matches category or q."""
    row = hub.resource()

    expect(client.get("/resources", params={"category": row["category"]})).ok([row])
    expect(client.get("/resources", params={"category": row["category"][:-1]})).ok([])
    expect(client.get("/resources", params={"category": row["category"][:-1] + "_"})).ok([])
    expect(client.get("/resources", params={"q": row["name"]})).ok([row])
    expect(client.get("/resources", params={"q": draw.word(14)})).ok([])


@task(5)
def test_wildcards_inside_a_text_stand_for_themselves(client, hub, draw):
    """In q, the characters % and _ inside longer text match only themselves."""
    one, two = draw.word(5), draw.word(5)
    rows = hub.mixed(
        [
            hub.new(name=f"{one}%{two}"),
            hub.new(name=f"{one} and {two}"),
            hub.new(name=f"{one}_{two}"),
            hub.new(name=f"{one}x{two}"),
            hub.new(name=f"{one}{two}"),
        ]
    )

    expect(client.get("/resources", params={"q": f"{one}%{two}"})).ok([rows[0]])
    expect(client.get("/resources", params={"q": f"{one}_{two}".upper()})).ok([rows[2]])
    expect(client.get("/resources", params={"q": "_"})).ok([row for row in hub.resources() if "_" in row["name"]])


@task(5)
def test_filters_hold_both_for_every_pair(client, hub, draw):
    """GET /resources?category=&q= returns exactly the resources that match both, or an empty list."""
    categories = [draw.word().capitalize() for _ in range(2)]
    parts = [draw.word() for _ in range(2)]
    hub.mixed(
        [
            hub.new(category=categories[0], name=f"{parts[0]} one"),
            hub.new(category=categories[1], name=f"{parts[0].upper()} two"),
            hub.new(category=categories[0], name=f"three {parts[1]}"),
            hub.new(category=categories[0], name=f"four{parts[0]}four"),
        ]
    )
    everything = hub.resources()
    for category in categories:
        for part in parts:
            both = [row for row in everything if row["category"] == category and part in row["name"].lower()]
            expect(client.get("/resources", params={"q": part, "category": category})).ok(both)
