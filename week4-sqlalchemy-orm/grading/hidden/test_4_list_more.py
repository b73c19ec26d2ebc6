"""Task 4, with other data."""

from classroom import expect, task


def page(client, **params):
    """Request a page of the list."""
    return client.get("/resources", params=params)


@task(4)
def test_percent_and_underscore_are_ordinary_characters(client, hub):
    """GET /resources?q=... treats % and _ as ordinary characters, not as wildcards."""
    word = hub.draw.word()
    kind = hub.draw.word().title()
    percent, underscore, _, _ = hub.resources(
        [
            {"name": f"{word} 50% off", "category": kind},
            {"name": f"{word} a_b"},
            {"name": f"{word} axb"},
            {"name": f"{word} 50 off", "category": f"{kind} Bank"},
        ]
    )

    expect(page(client, q=word.upper())).ok({"total": 4})
    expect(page(client, q="0% o", category=kind)).ok({"items": [percent], "total": 1})
    expect(page(client, q=f"{word} a_B")).ok({"items": [underscore], "total": 1})
    expect(page(client, q="%", category=f"{kind} Bank")).ok({"items": [], "total": 0})


@task(4)
def test_changed_rows_keep_their_place(client, hub, database):
    """GET /resources lists resources in id order, even after rows have been changed."""
    kind = hub.draw.word().title()
    made = hub.resources([{"category": kind} for _ in range(6)])
    for resource in (made[0], made[3]):
        resource["address"] = hub.name.address()
        database.run("UPDATE resources SET address = %s WHERE id = %s", resource["address"], resource["id"])

    expect(page(client, category=kind)).ok({"items": made, "total": 6})
    expect(page(client, category=kind, limit=2, offset=2)).ok({"items": made[2:4], "total": 6})


@task(4)
def test_largest_and_smallest_page(client, hub):
    """GET /resources returns 100 resources for limit=100, one for limit=1, and none beyond the end."""
    hub.empty()
    made = hub.resources([{} for _ in range(103)])

    expect(page(client, limit=100)).ok({"items": made[:100], "total": 103})
    expect(page(client, limit=1)).ok({"items": made[:1], "total": 103})
    expect(page(client, limit=100, offset=100)).ok({"items": made[100:], "total": 103})
    expect(page(client, offset=103)).ok({"items": [], "total": 103})


@task(4)
def test_category_is_exact(client, hub):
    """GET /resources?category=... matches whole categories, case-sensitively, and returns [] if no resource has it."""
    kind = hub.draw.word().title()
    made = hub.resources([{"category": each} for each in (kind, kind.lower(), f"{kind} Bank", kind[:-1], kind)])

    expect(page(client, category=kind)).ok({"items": [made[0], made[4]], "total": 2})
    expect(page(client, category=kind.lower())).ok({"items": [made[1]], "total": 1})
    for other in (hub.draw.word(12), kind[:-1] + "_", "%"):
        expect(page(client, category=other)).ok({"items": [], "total": 0})


@task(4)
def test_q_looks_in_the_name_only(client, hub):
    """GET /resources?q=... finds text at the beginning, middle or end of a name, but not in any other field."""
    word = hub.draw.word()
    made = hub.resources(
        [
            {"name": f"{word} at first"},
            {"address": f"12 {word} Road"},
            {"name": f"in the {word.title()} midst"},
            {"category": word.title()},
            {"name": f"at the very {word}"},
            {"contact_email": f"{word}@example.org"},
        ]
    )

    expect(page(client, q=word)).ok({"items": [made[0], made[2], made[4]], "total": 3})


@task(4)
def test_filters_and_pages_work_together(client, hub):
    """GET /resources applies category and q before it counts the total and selects the page."""
    word, kind = hub.draw.word(), hub.draw.word().title()
    names = [f"{word} {n}" if n % 3 else hub.draw.word() for n in range(12)]
    made = hub.resources([{"name": name, "category": kind if n % 2 else "Food"} for n, name in enumerate(names)])
    expected = [resource for resource in made if word in resource["name"] and resource["category"] == kind]

    expect(page(client, q=word, category=kind, limit=2, offset=1)).ok({"items": expected[1:3], "total": len(expected)})


@task(4)
def test_malformed_bounds_are_422(client, hub):
    """GET /resources rejects a negative limit or offset, a limit of 1000 and non-numeric values with 422."""
    hub.resource()
    expect(page(client, limit=99, offset=1)).ok({"items": list, "total": int})

    for bad in (
        {"limit": -1},
        {"limit": 1000},
        {"offset": -20},
        {"offset": "two"},
        {"limit": 1, "offset": -1},
    ):
        hub.refused(page(client, **bad), 422)
