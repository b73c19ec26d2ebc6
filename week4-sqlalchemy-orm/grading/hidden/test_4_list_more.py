"""Task 4, with other data."""

from classroom import expect, task


def page(client, **params):
    return client.get("/resources", params=params)


@task(4)
def test_percent_and_underscore_stand_for_themselves(client, hub):
    """GET /resources?q=... takes % and _ as the characters they are."""
    word = hub.draw.word()
    percent, underscore, _, plain = hub.resources(
        [{"name": f"{word} 50% off"}, {"name": f"{word} a_b"}, {"name": f"{word} axb"}, {"name": f"{word} 50 off"}]
    )

    expect(page(client, q=word.upper())).ok({"total": 4})
    expect(page(client, q="0% o", category=percent["category"])).ok({"total": 1, "items": [percent]})
    expect(page(client, q=f"{word} a_B")).ok({"total": 1, "items": [underscore]})
    expect(page(client, q="%", category=plain["category"])).ok({"total": 0, "items": []})


@task(4)
def test_changed_rows_keep_their_place(client, hub, database):
    """GET /resources lists by id after rows have been changed, too."""
    kind = hub.draw.word().title()
    made = hub.resources([{"category": kind} for _ in range(6)])
    for resource in (made[0], made[3]):
        resource["address"] = hub.draw.word()
        database.run("UPDATE resources SET address = %s WHERE id = %s", resource["address"], resource["id"])

    expect(page(client, category=kind)).ok({"total": 6, "items": made})
    expect(page(client, category=kind, limit=2, offset=2)).ok({"total": 6, "items": made[2:4]})


@task(4)
def test_largest_and_smallest_page(client, hub):
    """GET /resources answers a hundred with limit=100, one with limit=1, none beyond the end; the total stays."""
    hub.empty()
    made = hub.resources([{} for _ in range(103)])

    expect(page(client, limit=100)).ok({"total": 103, "items": made[:100]})
    expect(page(client, limit=1)).ok({"total": 103, "items": made[:1]})
    expect(page(client, limit=100, offset=100)).ok({"total": 103, "items": made[100:]})
    expect(page(client, offset=103)).ok({"total": 103, "items": []})


@task(4)
def test_category_is_exact(client, hub):
    """GET /resources?category=... takes neither another case nor a part of the word nor a pattern; one without resources is empty."""
    kind = hub.draw.word().title()
    made = hub.resources([{"category": each} for each in (kind, kind.lower(), f"{kind} Bank", kind[:-1], kind)])

    expect(page(client, category=kind)).ok({"total": 2, "items": [made[0], made[4]]})
    expect(page(client, category=kind.lower())).ok({"total": 1, "items": [made[1]]})
    for other in (hub.draw.word(12), kind[:-1] + "_", "%"):
        expect(page(client, category=other)).ok({"total": 0, "items": []})


@task(4)
def test_q_looks_in_the_name_only(client, hub):
    """GET /resources?q=... finds the beginning, the middle and the end of names, and nothing in other fields."""
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

    expect(page(client, q=word)).ok({"total": 3, "items": [made[0], made[2], made[4]]})


@task(4)
def test_filters_and_pages_go_together(client, hub):
    """GET /resources counts and cuts what category and q have left."""
    word, kind = hub.draw.word(), hub.draw.word().title()
    names = [f"{word} {n}" if n % 3 else hub.draw.word() for n in range(12)]
    made = hub.resources([{"name": name, "category": kind if n % 2 else "Food"} for n, name in enumerate(names)])
    expected = [resource for resource in made if word in resource["name"] and resource["category"] == kind]

    expect(page(client, q=word, category=kind, limit=2, offset=1)).ok({"total": len(expected), "items": expected[1:3]})


@task(4)
def test_malformed_bounds_are_422(client, hub):
    """GET /resources is 422 for a limit far outside, a negative one, and an offset that is no number."""
    hub.resource()
    expect(page(client, limit=99, offset=1)).ok({"total": int, "items": list})

    for bad in (
        {"limit": -1},
        {"limit": 1000},
        {"offset": -20},
        {"offset": hub.draw.word()},
        {"limit": 1, "offset": -1},
    ):
        hub.refused(page(client, **bad), 422)
