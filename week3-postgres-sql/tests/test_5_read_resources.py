"""Task 5: the list of resources, its two filters, and one resource by its id."""

from classroom import expect, task


@task(5)
def test_resources_are_listed_by_id(client, hub):
    """GET /resources returns every resource with all its columns, ordered by id, with null for empty ones."""
    hub.mixed([hub.new(), hub.new(address=None), hub.new(contact_email=None), hub.new()])
    expect(client.get("/resources")).ok(hub.resources())

    hub.resource()
    expect(client.get("/resources")).ok(hub.resources())


@task(5)
def test_category_is_exact(client, hub, draw):
    """GET /resources?category= returns the resources whose category is exactly this one, ordered by id."""
    category = draw.word().capitalize()
    hub.mixed(
        [
            hub.new(category=category),
            hub.new(category=category.lower()),
            hub.new(category=category),
            hub.new(category=f"{category} Bank"),
            hub.new(name=f"{category} Corner"),
            hub.new(category=category),
        ]
    )

    expect(client.get("/resources", params={"category": category})).ok(hub.resources(category=category))


@task(5)
def test_q_is_a_part_of_the_name_in_any_case(client, hub, draw):
    """GET /resources?q= returns the resources with this text (any case) anywhere in their name, ordered by id."""
    part = draw.word()
    rows = hub.mixed(
        [
            hub.new(name=f"{part.capitalize()} House"),
            hub.new(category=part.capitalize()),
            hub.new(name=f"Old {part.upper()}"),
            hub.new(address=f"1 {part} Road"),
            hub.new(name=f"The{part}s Corner"),
            hub.new(contact_email=f"{part}@example.org"),
        ]
    )
    named = [rows[0], rows[2], rows[4]]

    expect(client.get("/resources", params={"q": part})).ok(named)
    expect(client.get("/resources", params={"q": part.upper()})).ok(named)


@task(5)
def test_percent_and_underscore_stand_for_themselves(client, hub, draw):
    """In q, the characters % and _ are not wildcards: they match only themselves."""
    word = draw.word()
    rows = hub.mixed(
        [
            hub.new(name=f"{word} 100% fresh"),
            hub.new(name=f"{word} 1000 fresh"),
            hub.new(name=f"{word}_corner"),
            hub.new(name=f"{word}-corner"),
        ]
    )

    every_percent = [row for row in hub.resources() if "%" in row["name"]]
    for q, expected in ((f"{word} 100%", [rows[0]]), (f"{word}_c", [rows[2]]), ("%", every_percent)):
        answer = client.get("/resources", params={"q": q})
        wild = answer.status == 200 and isinstance(answer.json, list) and len(answer.json) > len(expected)
        expect.that(
            not wild, f"q={q} found {len(answer.json)} resources, expected {len(expected)}: a wildcard?", answer
        )
        expect(answer).ok(expected)


@task(5)
def test_category_and_q_hold_both(client, hub, draw):
    """GET /resources?category=&q= returns only the resources that match both."""
    category, part = draw.word().capitalize(), draw.word()
    rows = hub.mixed(
        [
            hub.new(category=category),
            hub.new(category=category, name=f"{part.capitalize()} Hall"),
            hub.new(name=f"{part.capitalize()} Place"),
            hub.new(category=category, name=f"New {part}"),
        ]
    )

    expect(client.get("/resources", params={"category": category, "q": part})).ok([rows[1], rows[3]])


@task(5)
def test_one_resource_by_its_id(client, hub):
    """GET /resources/{id} returns that resource with all its columns, with null for empty ones."""
    full, bare = hub.resource(), hub.resource(address=None, contact_email=None)

    expect(client.get(f"/resources/{full['id']}")).ok(full)
    expect(client.get(f"/resources/{bare['id']}")).ok(bare)


@task(5)
def test_unknown_resource_is_404(client, hub):
    """GET /resources/{id} returns 404 with the detail "Resource not found" for an unknown id."""
    there = hub.resource()
    unknown = hub.ids(1)[0]

    expect(client.get(f"/resources/{there['id']}")).ok(there)
    hub.refused(client.get(f"/resources/{unknown}"), 404).json({"detail": "Resource not found"})


@task(5)
def test_malformed_id_is_422(client, hub, draw):
    """GET /resources/{id} returns 422 if the id is a word."""
    there = hub.resource()

    expect(client.get(f"/resources/{there['id']}")).ok(there)
    hub.refused(client.get(f"/resources/{draw.word()}"), 422)
