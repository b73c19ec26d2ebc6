"""Task 4: a list, page by page."""

from classroom import expect, task


def page(client, **params):
    """Request a page of the list."""
    return client.get("/resources", params=params)


def ordered(answer, expected, others):
    """Return the response; fail if its page has the right number of known resources, but in the wrong order."""
    body = answer.json if answer.status == 200 else None
    items = body.get("items") if isinstance(body, dict) else None
    ids = [item.get("id") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    wanted = [resource["id"] for resource in expected]
    known = {*wanted, *(resource["id"] for resource in others)}
    right = len(ids) != len(wanted) or ids == wanted or not all(isinstance(each, int) and each in known for each in ids)
    sentence = f"`items` is not ordered by id: it begins with {ids[:1]}, expected [{wanted[0]}]. Is order_by missing?"
    expect.that(right, sentence, answer)
    return answer


@task(4)
def test_list_returns_twenty_by_id_and_the_total(client, hub, database):
    """GET /resources returns {"total": ..., "items": [...]}: how many there are, and the first twenty in id order."""
    hub.empty()
    made = hub.resources([{} for _ in range(23)])
    hub.referrals([{"resource_id": made[1]["id"]} for _ in range(2)])
    made[0]["address"] = hub.name.address()
    database.run("UPDATE resources SET address = %s WHERE id = %s", made[0]["address"], made[0]["id"])

    expect(ordered(page(client), made[:20], made[20:])).ok({"items": made[:20], "total": 23})


@task(4)
def test_category_and_q_filter(client, hub):
    """GET /resources?category=...&q=... returns resources in that category whose name contains q, ignoring case."""
    word, kind = hub.draw.word(), hub.draw.word().title()
    both, one, other, _ = hub.resources(
        [
            {"name": f"The {word.title()} House", "category": kind},
            {"category": kind},
            {"name": f"Old{word.upper()}", "category": hub.draw.word().title()},
            {"category": f"{kind} Bank"},
        ]
    )

    expect(page(client, category=kind)).ok({"items": [both, one], "total": 2})
    expect(page(client, q=word)).ok({"items": [both, other], "total": 2})
    expect(page(client, q=word.upper(), category=kind)).ok({"items": [both], "total": 1})


@task(4)
def test_limit_and_offset_cut_a_page(client, hub):
    """GET /resources?limit=...&offset=... returns that part of the list, and the same total."""
    kind = hub.draw.word().title()
    made = hub.resources([{"category": kind} for _ in range(7)])

    expect(page(client, category=kind, limit=3)).ok({"items": made[:3], "total": 7})
    expect(page(client, category=kind, limit=3, offset=3)).ok({"items": made[3:6], "total": 7})
    expect(page(client, category=kind, offset=6)).ok({"items": made[6:], "total": 7})


@task(4)
def test_limit_and_offset_have_bounds(client, hub):
    """GET /resources accepts a limit from 1 to 100 and an offset of 0 or more; other values are rejected with 422."""
    hub.resource()

    for good in ({"limit": 1}, {"limit": 100}, {"offset": 0}):
        expect(page(client, **good)).ok({"items": list, "total": int})
    for bad in ({"limit": 0}, {"limit": 101}, {"offset": -1}, {"limit": "ten"}):
        hub.refused(page(client, **bad), 422)


@task(4)
def test_the_list_closes_its_session(client, hub):
    """GET /resources closes its session: no transaction is open after the response."""
    hub.resource()

    hub.leaves_nothing_open(client, lambda: expect(page(client)).ok({"items": list, "total": int}))
