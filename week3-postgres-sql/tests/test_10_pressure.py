"""Task 10: hostile texts, a database that rejects statements, many requests at once."""

import pytest
from classroom import expect, task
from support.differences import as_text

HOSTILE = [
    'O\'Brien and "Sons"',
    "x'); DELETE FROM referrals; --",
    "' OR '1'='1",
    "x', 'y', NULL, NULL) /* all */ --",
    "C:\\new\\table",
    "\\'; UPDATE resources SET name = 'gone'; --",
    "100 %s %(name)s {} $1 :name $$ ?",
]
EMAILS = ["o'--@example.org", "a'||'b@example.org"]


def tables(hub):
    return hub.resources(), hub.referrals()


def hostile(draw):
    """Return the hostile strings in random order, each with its own word, so that no other row has the same string."""
    return [f"{draw.word()} {text}" for text in draw.sample(HOSTILE, len(HOSTILE))]


def kept(answer, before, after, sent):
    """Check that one more row is stored, with every string exactly as it was sent."""
    expect(answer).status(200, 201)
    added = [row for row in after if row not in before]
    expect.that(len(added) == 1, f"There are {len(added)} new or changed rows, expected 1.", answer)
    for text in sent:
        expect.that(
            text in added[0].values(), f"The text {text!r} is not stored as it was sent: {as_text(added[0])}.", answer
        )


@task(10)
def test_hostile_texts_of_a_new_resource_are_stored_as_they_are(client, hub, draw):
    """POST /resources stores quotes, semicolons, comments and backslashes unchanged and never runs them."""
    expect(client.post("/resources", json=hub.new())).ground(task=6)
    hub.referral(hub.resource())
    resources, referrals = tables(hub)
    texts, before = hostile(draw), resources

    for place, text in enumerate(texts):
        sent = hub.new(name=text, category=texts[place - 1], address=texts[place - 2], contact_email=EMAILS[place % 2])
        answer = client.post("/resources", json=sent)
        after = hub.resources()
        kept(answer, before, after, sent.values())
        before = after

    expect.that(all(row in before for row in resources), "Other resources were changed.")
    expect.that(hub.referrals() == referrals, "The referrals table was changed.")


@task(10)
def test_hostile_texts_in_put_are_stored_as_they_are(client, hub, draw):
    """PUT /resources/{id} stores quotes, semicolons, comments and backslashes unchanged, and only in this row."""
    row = hub.resource()
    expect(client.put(f"/resources/{row['id']}", json=hub.new())).ground(task=7)
    resources, referrals = tables(hub)
    texts, before = hostile(draw), resources

    for place, text in enumerate(texts):
        sent = hub.new(name=text, category=texts[place - 1], address=texts[place - 2], contact_email=EMAILS[place % 2])
        answer = client.put(f"/resources/{row['id']}", json=sent)
        after = hub.resources()
        kept(answer, before, after, sent.values())
        before = after

    others = [one for one in resources if one["id"] != row["id"]]
    expect.that([one for one in before if one["id"] != row["id"]] == others, "Other resources were changed.")
    expect.that(hub.referrals() == referrals, "The referrals table was changed.")


@task(10)
def test_hostile_texts_of_a_referral_are_stored_as_they_are(client, hub, draw):
    """POST /resources/{id}/referrals stores quotes, semicolons, comments and backslashes unchanged."""
    path = f"/resources/{hub.resource()['id']}/referrals"
    expect(client.post(path, json=hub.new_referral())).ground(task=9)
    resources, referrals = tables(hub)
    texts, before = hostile(draw), referrals

    for place, text in enumerate(texts):
        sent = {"family_name": text, "notes": texts[place - 1]}
        answer = client.post(path, json=hub.new_referral(**sent))
        after = hub.referrals()
        kept(answer, before, after, sent.values())
        before = after

    expect.that(all(row in before for row in referrals), "Other referrals were changed.")
    expect.that(hub.resources() == resources, "The resources table was changed.")


@task(10)
def test_hostile_filter_finds_what_it_says(client, hub, draw):
    """GET /resources?q= and ?category= treat quotes, semicolons and comments like any other text."""
    hub.referral(hub.resource())
    expect(client.get("/resources")).ground(task=5)
    for end in ("O'Brien", "' OR '1'='1", "x'); DELETE FROM referrals; --", 'the "old" /* one */'):
        text = f"{draw.word()} {end}"
        named = hub.resource(name=f"{text} {hub.name()}")
        filed = hub.resource(category=text)
        before = tables(hub)

        hub.finds(client.get("/resources", params={"q": text}), named)
        hub.finds(client.get("/resources", params={"category": text}), filed)

        expect.that(tables(hub) == before, "A GET changed the tables.")


@task(10)
@pytest.mark.parametrize("when", ["row", "commit"])
def test_database_that_refuses_a_create(client, database, hub, draw, when):
    """If the database rejects a new resource, the response reveals nothing about the error, and the next one works."""
    expect(client.post("/resources", json=hub.new())).ground(task=6)
    before = hub.resources()
    secret = draw.word(12)
    refusing(database, "resources", secret, when)

    for _ in range(3):
        hub.safe(client.post("/resources", json=hub.new()), secret)
    expect.that(hub.resources() == before, "The database rejected the resource, but it is stored anyway.")
    database.calm()

    sent = hub.new()
    expect(client.post("/resources", json=sent)).status(200, 201)
    expect.that(len(hub.resources(name=sent["name"])) == 1, "After a failed request, a new resource is not stored.")


def refusing(database, table, secret, when):
    if when == "row":
        database.refuse(table, secret, when="row")
    else:
        database.refuse(table, secret)


@task(10)
def test_ten_at_a_time_use_few_connections(client, hub, pressure):
    """Ten requests at a time all work, use at most twenty connections, and do not get mixed up."""
    row = hub.resource()
    expect(client.get(f"/resources/{row['id']}")).ground(task=5)
    expect(client.post("/resources", json=hub.new())).ground(task=6)
    sent = [hub.new() for _ in range(12)]

    writes = [lambda one=one: client.post("/resources", json=one) for one in sent]
    reads = [lambda: client.get(f"/resources/{row['id']}") for _ in sent]
    answers = pressure.side_by_side([call for pair in zip(writes, reads, strict=True) for call in pair])

    for place, answer in enumerate(answers):
        name = row["name"] if place % 2 else sent[place // 2]["name"]
        expect(answer).status(200, 201)
        expect.that(name in answer.text, f"The response is not about {name!r}.", answer)
    stored = hub.resources()
    names = [one["name"] for one in stored]
    expect.that(all(names.count(one["name"]) == 1 for one in sent), "Not every new resource is stored exactly once.")
    pressure.few_connections()


@task(10)
def test_requests_in_a_row_use_few_connections(client, hub, pressure):
    """The app handles many requests in a row, including rejected ones, with at most twenty connections."""
    row, busy = hub.resource(), hub.resource()
    hub.referral(busy)
    unknown = hub.ids(1)[0]
    expect(client.get(f"/resources/{row['id']}")).ground(task=5)
    expect(client.post("/resources", json=hub.new())).ground(task=6)
    expect(client.delete(f"/resources/{hub.resource()['id']}")).ground(task=8)
    expect(client.post(f"/resources/{row['id']}/referrals", json=hub.new_referral())).ground(task=9)

    pressure.one_by_one(
        [
            lambda: client.get(f"/resources/{unknown}"),
            lambda: client.put(f"/resources/{unknown}", json=hub.new()),
            lambda: client.delete(f"/resources/{busy['id']}"),
            lambda: client.post(f"/resources/{unknown}/referrals", json=hub.new_referral()),
        ]
        * 6
    )
    works = [
        lambda: client.get(f"/resources/{row['id']}"),
        lambda: client.post("/resources", json=hub.new()),
        lambda: client.get("/referrals"),
    ]
    for place, answer in enumerate(pressure.one_by_one(works * 3)):
        expect(answer).status(200, 201)
        if place % 3 == 0:
            expect.that(row["name"] in answer.text, f"The response is not about {row['name']!r}.", answer)
    pressure.few_connections()
