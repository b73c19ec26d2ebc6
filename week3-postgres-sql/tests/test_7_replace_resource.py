"""Task 7: PUT replaces one resource as a whole, and no other."""

import pytest
from classroom import expect, task
from support.differences import rows_difference

EMPTY = {"a null": None, "an empty": "", "a blank": "   "}


def others(hub, row):
    return [one for one in hub.resources() if one["id"] != row["id"]]


@task(7)
def test_put_replaces_one_row(client, hub):
    """PUT /resources/{id} changes this row and no other, and returns 200 with the new row."""
    _, row, _ = hub.mixed([hub.new(), hub.new(), hub.new()])
    untouched = others(hub, row)
    sent = hub.new()

    answer = client.put(f"/resources/{row['id']}", json=sent)

    expect(answer).ok()
    mismatch = rows_difference(others(hub, row), untouched)
    expect.that(mismatch is None, f"Other rows were changed, too. Is there a WHERE? {mismatch}.", answer)
    expect(answer).ok({"id": row["id"], **sent})
    hub.replaced(row, {"id": row["id"], **sent}, answer)


@task(7)
def test_put_leaves_similar_rows_alone(client, hub):
    """PUT /resources/{id} changes only this row, even if others have the same name, category, address or email."""
    for row in (hub.resource(), hub.resource(address=None, contact_email=None)):
        sent = hub.new()
        for one in (row, sent):
            hub.neighbors(one)
        untouched = others(hub, row)

        answer = client.put(f"/resources/{row['id']}", json=sent)

        expect(answer).ok({"id": row["id"], **sent})
        mismatch = rows_difference(others(hub, row), untouched)
        expect.that(mismatch is None, f"Other rows were changed, too. Does WHERE ask for the id? {mismatch}.", answer)


@task(7)
def test_put_takes_away_what_is_left_out(client, hub):
    """PUT /resources/{id} sets an optional field to null if it is left out or sent as null."""
    for sent in (
        {"name": hub.name(), "category": "Health"},
        {"name": hub.name(), "category": "Health", "address": None, "contact_email": None},
    ):
        row = hub.resource()

        answer = client.put(f"/resources/{row['id']}", json=sent)

        expected = {"id": row["id"], **sent, "address": None, "contact_email": None}
        expect(answer).ok(expected)
        hub.holds(expected, answer)


@task(7)
@pytest.mark.parametrize("field", ["name", "category"])
def test_put_without_name_or_category_is_422(client, hub, field):
    """PUT /resources/{id} returns 422 and changes nothing if name or category is missing, null, empty or blank."""
    row, good = hub.resource(), hub.new()
    without = {key: value for key, value in good.items() if key != field}

    expect(client.put(f"/resources/{row['id']}", json=good)).ok()
    before = hub.resources()
    wrong = {f"no {field}": without}
    wrong |= {f"{kind} {field}": good | {field: value} for kind, value in EMPTY.items()}
    for sent, bad in wrong.items():
        hub.refused(client.put(f"/resources/{row['id']}", json={"address": "1 New Road", **bad}), 422, sent)

    expect.that(hub.resources() == before, "A rejected PUT changed the table anyway.")


@task(7)
def test_put_to_an_unknown_resource_is_404(client, hub):
    """PUT /resources/{id} returns 404 for an unknown id and does not create a resource."""
    row, sent = hub.resource(), hub.new()
    unknown = hub.ids(1)[0]

    expect(client.put(f"/resources/{row['id']}", json=sent)).ok()
    before = hub.resources()
    hub.refused(client.put(f"/resources/{unknown}", json=hub.new()), 404)

    expect.that(hub.resources() == before, "A PUT with an unknown id changed the table.")


@task(7)
def test_put_leaves_referrals_alone(client, hub):
    """PUT /resources/{id} works while referrals point to the resource, and does not change them."""
    row = hub.resource()
    hub.referral(row)
    hub.referral(row)
    before = hub.referrals()
    sent = hub.new()

    expect(client.put(f"/resources/{row['id']}", json=sent)).ok({"id": row["id"], **sent})

    expect.that(hub.referrals() == before, "The referrals to the resource were changed.")


@task(7)
def test_put_is_committed_before_the_answer(client, database, hub):
    """When PUT /resources/{id} returns 200, the change is already committed, even if the database is slow."""
    row, sent = hub.resource(), hub.new()
    database.slow_commit("resources", 0.3)

    answer = client.put(f"/resources/{row['id']}", json=sent)

    expect(answer).ok()
    stored = hub.resources(id=row["id"])
    expect.that(stored == [{"id": row["id"], **sent}], "The response was sent before the change was committed.", answer)


@task(7)
def test_put_to_a_malformed_id_is_422(client, hub, draw):
    """PUT /resources/{id} returns 422 if the id is a word."""
    row = hub.resource()

    expect(client.put(f"/resources/{row['id']}", json=hub.new())).ok()
    hub.refused(client.put(f"/resources/{draw.word()}", json=hub.new()), 422)
