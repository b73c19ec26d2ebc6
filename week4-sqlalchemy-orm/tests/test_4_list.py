"""Task 4: a list, page by page."""

from classroom import expect, task


def page(client, **params):
    return client.get("/resources", params=params)


@task(4)
def test_list_answers_twenty_by_id_and_the_total(client, hub, database):
    """GET /resources answers {"total", "items"}: how many there are, and twenty by id where no limit is given."""
    hub.empty()
    made = hub.resources([{} for _ in range(23)])
    hub.referrals([{"resource_id": made[1]["id"]} for _ in range(2)])
    made[0]["address"] = hub.draw.word()
    database.run("UPDATE resources SET address = %s WHERE id = %s", made[0]["address"], made[0]["id"])

    expect(page(client)).ok({"total": 23, "items": made[:20]})


@task(4)
def test_category_and_q_choose(client, hub):
    """GET /resources?category=...&q=... keeps the category exactly, and names that hold q in upper or lower case."""
    word, kind = hub.draw.word(), hub.draw.word().title()
    both, one, other, _ = hub.resources(
        [
            {"name": f"The {word.title()} House", "category": kind},
            {"category": kind},
            {"name": f"Old{word.upper()}", "category": hub.draw.word().title()},
            {"category": f"{kind} Bank"},
        ]
    )

    expect(page(client, category=kind)).ok({"total": 2, "items": [both, one]})
    expect(page(client, q=word)).ok({"total": 2, "items": [both, other]})
    expect(page(client, q=word.upper(), category=kind)).ok({"total": 1, "items": [both]})


@task(4)
def test_limit_and_offset_cut_a_page(client, hub):
    """GET /resources?limit=...&offset=... answers that part of the list; the total stays the same."""
    kind = hub.draw.word().title()
    made = hub.resources([{"category": kind} for _ in range(7)])

    expect(page(client, category=kind, limit=3)).ok({"total": 7, "items": made[:3]})
    expect(page(client, category=kind, limit=3, offset=3)).ok({"total": 7, "items": made[3:6]})
    expect(page(client, category=kind, offset=6)).ok({"total": 7, "items": made[6:]})


@task(4)
def test_limit_and_offset_have_bounds(client, hub):
    """GET /resources takes a limit from 1 to 100 and an offset from 0; outside of them is 422."""
    hub.resource()

    for good in ({"limit": 1}, {"limit": 100}, {"offset": 0}):
        expect(page(client, **good)).ok({"total": int, "items": list})
    for bad in ({"limit": 0}, {"limit": 101}, {"offset": -1}, {"limit": hub.draw.word()}):
        hub.refused(page(client, **bad), 422)


@task(4)
def test_the_list_leaves_nothing_open(client, hub):
    """GET /resources leaves no connection in a transaction."""
    hub.resource()

    hub.leaves_nothing_open(client, lambda: expect(page(client)).ok({"total": int, "items": list}))
