"""Task 10 with every write rejected by the database, two hundred requests, and writes of all kinds at once."""

import pytest

from classroom import expect, task


@task(10)
@pytest.mark.parametrize("when", ["row", "commit"])
@pytest.mark.parametrize("write", ["put", "delete", "refer"])
def test_database_that_refuses_a_write(client, database, hub, draw, write, when):
    """If the database rejects a write, the response reveals nothing about the error, and the next write works."""
    row, other, third = hub.resource(), hub.resource(), hub.resource()
    calls = {
        "put": lambda one: client.put(f"/resources/{one['id']}", json=hub.new()),
        "delete": lambda one: client.delete(f"/resources/{one['id']}"),
        "refer": lambda one: client.post(f"/resources/{one['id']}/referrals", json=hub.new_referral()),
    }
    expect(calls[write](other)).ground(task={"put": 7, "delete": 8, "refer": 9}[write])
    before = hub.resources(), hub.referrals()
    secret = draw.word(12)
    table = "referrals" if write == "refer" else "resources"
    if when == "row":
        database.refuse(table, secret, when="row")
    else:
        database.refuse(table, secret)

    hub.safe(calls[write](row), secret)
    expect.that(
        (hub.resources(), hub.referrals()) == before, "The database rejected the write, but the tables have changed."
    )
    database.calm()

    expect(calls[write](third)).status(200, 201, 204)
    expect.that((hub.resources(), hub.referrals()) != before, "After a failed request, a write is not stored.")


@task(10)
def test_reading_goes_on_while_writing_is_refused(client, database, hub, draw):
    """While the database rejects every write, reads still work; afterwards, writes work again."""
    row = hub.resource()
    expect(client.get(f"/resources/{row['id']}")).ground(task=5)
    expect(client.post("/resources", json=hub.new())).ground(task=6)
    secret = draw.word(12)
    database.refuse("resources", secret)

    for _ in range(3):
        hub.safe(client.post("/resources", json=hub.new()), secret)
    hub.finds(client.get(f"/resources/{row['id']}"), row)
    database.calm()

    expect(client.post("/resources", json=hub.new())).status(200, 201)


@task(10)
def test_two_hundred_requests_in_a_row(client, hub, pressure):
    """Two hundred requests in a row all work, use at most twenty connections, and leave none in a transaction."""
    row, moved = hub.resource(), hub.resource()
    expect(client.get("/resources")).ground(task=5)
    expect(client.post("/resources", json=hub.new())).ground(task=6)
    expect(client.put(f"/resources/{moved['id']}", json=hub.new())).ground(task=7)
    expect(client.get("/referrals")).ground(task=9)
    calls = [
        lambda: client.get(f"/resources/{row['id']}"),
        lambda: client.get("/resources", params={"q": "zzz"}),
        lambda: client.put(f"/resources/{moved['id']}", json=hub.new()),
        lambda: client.post(f"/resources/{row['id']}/referrals", json=hub.new_referral()),
    ]

    for place, answer in enumerate(pressure.one_by_one(calls * 50)):
        expect(answer).status(200, 201)
        if place % 4 == 0:
            expect.that(str(row["id"]) in answer.text, f"The response is not about resource {row['id']}.", answer)
    pressure.few_connections()


@task(10)
def test_writes_of_all_kinds_at_once(client, hub, pressure):
    """POST, PUT, DELETE and referral requests, ten at a time, each change only their own rows."""
    rows = [hub.resource() for _ in range(10)]
    kept = hub.resource()
    expect(client.post("/resources", json=hub.new())).ground(task=6)
    expect(client.put(f"/resources/{kept['id']}", json=hub.new())).ground(task=7)
    expect(client.delete(f"/resources/{hub.resource()['id']}")).ground(task=8)
    expect(client.post(f"/resources/{kept['id']}/referrals", json=hub.new_referral())).ground(task=9)
    new, changed = ([hub.new() for _ in range(5)] for _ in range(2))
    referred = [hub.new_referral() for _ in range(5)]

    calls = []
    for place in range(5):
        gone, moved = rows[place]["id"], rows[place + 5]["id"]
        calls += [
            lambda place=place: client.post("/resources", json=new[place]),
            lambda gone=gone: client.delete(f"/resources/{gone}"),
            lambda moved=moved, place=place: client.put(f"/resources/{moved}", json=changed[place]),
            lambda place=place: client.post(f"/resources/{kept['id']}/referrals", json=referred[place]),
        ]
    answers = pressure.side_by_side(calls)

    for answer in answers:
        expect(answer).status(200, 201, 204)
    stored = hub.resources()
    names = [row["name"] for row in stored]
    ids = [row["id"] for row in stored]
    expect.that(
        all(names.count(new[place]["name"]) == 1 for place in range(5)),
        "Not every new resource is stored exactly once.",
    )
    expect.that(not any(rows[place]["id"] in ids for place in range(5)), "A deleted resource is still in the table.")
    for place in range(5):
        found = [row["name"] for row in stored if row["id"] == rows[place + 5]["id"]]
        expect.that(found == [changed[place]["name"]], "A replaced resource does not have the values that were sent.")
    families = [row["family_name"] for row in hub.referrals(resource_id=kept["id"])]
    expect.that(
        all(families.count(referred[place]["family_name"]) == 1 for place in range(5)),
        "Not every referral is stored exactly once.",
    )
    pressure.few_connections()


@task(10)
def test_hostile_texts_together(client, hub, draw):
    """Hostile text in several fields at once is stored unchanged and found by q and category."""
    expect(client.post("/resources", json=hub.new())).ground(task=6)
    expect(client.get("/resources")).ground(task=5)
    mark = draw.word()
    for text in ("''; --", "/* */ ';", '$$;"', "E'%s", "a'b\"c;--", "#{x} ${y} %%"):
        sent = hub.new(name=f"{mark} {text}", category=f"{mark} {text}", address=f"1 {text}")
        answer = client.post("/resources", json=sent)
        expect(answer).status(200, 201)
        stored = hub.resources(name=sent["name"])
        expect.that(len(stored) == 1, f"The name {sent['name']!r} is not stored as it was sent.", answer)
        for field in ("category", "address"):
            told = f"The {field} is not stored as it was sent: {stored[0]}."
            expect.that(sent[field] in stored[0].values(), told, answer)
        found = client.get("/resources", params={"q": sent["name"], "category": sent["category"]})
        hub.finds(found, stored[0])
