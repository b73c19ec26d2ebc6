"""Task 9: refer a family to a resource, and list all referrals."""

import pytest
from classroom import expect, task


@task(9)
def test_created_referral_is_stored(client, hub):
    """POST /resources/{id}/referrals returns 201 with the stored row, including its new id."""
    row, sent = hub.resource(), hub.new_referral()

    answer = client.post(f"/resources/{row['id']}/referrals", json=sent)

    expect(answer).created({"id": int, "resource_id": row["id"], **sent})
    expect(answer).created(hub.created_once("referrals", answer, family_name=sent["family_name"]))


@task(9)
def test_notes_may_be_null_or_left_out(client, hub):
    """POST /resources/{id}/referrals accepts notes that are null or left out, and stores NULL."""
    row = hub.resource()
    bare = hub.new_referral()
    del bare["notes"]

    for sent in (bare, hub.new_referral(notes=None)):
        answer = client.post(f"/resources/{row['id']}/referrals", json=sent)

        expect(answer).created({"id": int, "resource_id": row["id"], **sent, "notes": None})
        stored = hub.referrals(family_name=sent["family_name"])
        expect.that(stored, "The new row is not in the referrals table. Was it committed?", answer)
        notes = stored[0]["notes"]
        expect.that(notes is None, f"The notes are stored as {notes!r}, expected NULL.", answer)


@task(9)
def test_referral_to_an_unknown_resource_is_404(client, hub):
    """POST /resources/{id}/referrals returns 404 for an unknown resource, stores nothing, and shows no database error."""
    row = hub.resource()
    unknown = hub.ids(1)[0]

    expect(client.post(f"/resources/{row['id']}/referrals", json=hub.new_referral())).created()
    before = hub.resources(), hub.referrals()
    hub.refused(client.post(f"/resources/{unknown}/referrals", json=hub.new_referral()), 404)

    expect.that((hub.resources(), hub.referrals()) == before, "A referral to an unknown resource changed the tables.")


@task(9)
@pytest.mark.parametrize(("there", "not_there"), [("2024-02-29", "2025-02-29"), ("2025-04-30", "2025-04-31")])
def test_day_that_does_not_exist_is_422(client, hub, there, not_there):
    """POST /resources/{id}/referrals returns 422 for an impossible referral_date and stores nothing."""
    path = f"/resources/{hub.resource()['id']}/referrals"

    expect(client.post(path, json=hub.new_referral(referral_date=there))).created({"referral_date": there})
    before = hub.referrals()
    hub.refused(client.post(path, json=hub.new_referral(referral_date=not_there)), 422, f"the date {not_there}")

    expect.that(hub.referrals() == before, "A rejected referral is stored anyway.")


@task(9)
def test_referral_without_family_name_or_date_is_422(client, hub):
    """POST /resources/{id}/referrals returns 422 if family_name or referral_date is missing or null."""
    path = f"/resources/{hub.resource()['id']}/referrals"
    good = hub.new_referral()

    expect(client.post(path, json=good)).created()
    before = hub.referrals()
    for field in ("family_name", "referral_date"):
        without = {key: value for key, value in good.items() if key != field}
        hub.refused(client.post(path, json=without), 422, f"no {field}")
        hub.refused(client.post(path, json=good | {field: None}), 422, f"a null {field}")

    expect.that(hub.referrals() == before, "A rejected referral is stored anyway.")


@task(9)
def test_referrals_are_listed_with_their_resource(client, hub, draw):
    """GET /referrals lists every referral in id order, with all its columns and the name of its resource."""
    one, other = hub.resource(), hub.resource()
    names = {row["id"]: row["name"] for row in hub.resources()}
    for place, number in enumerate(draw.sample(hub.ids(5), 5)):
        hub.referral([one, other][place % 2], id=number, notes=None if place == 1 else draw.word())
    hub.touch("referrals", hub.referrals()[0]["id"])

    # A row that a missing foreign key let in costs points in task 2 only.
    known = [row for row in hub.referrals() if row["resource_id"] in names]
    expected = [{**row, "resource_name": names[row["resource_id"]]} for row in known]
    expect(client.get("/referrals")).ok(expected)


@task(9)
def test_created_referral_is_committed_before_the_answer(client, database, hub):
    """When POST /resources/{id}/referrals returns 201, the row is already committed, even if the database is slow."""
    row, sent = hub.resource(), hub.new_referral()
    hub.referrals()
    database.slow_commit("referrals", 0.3)

    answer = client.post(f"/resources/{row['id']}/referrals", json=sent)

    expect(answer).created()
    expect.that(
        hub.referrals(family_name=sent["family_name"]), "The response was sent before the row was committed.", answer
    )


@task(9)
def test_referral_to_a_malformed_id_is_422(client, hub, draw):
    """POST /resources/{id}/referrals returns 422 if the id is a word."""
    row = hub.resource()

    expect(client.post(f"/resources/{row['id']}/referrals", json=hub.new_referral())).created()
    hub.refused(client.post(f"/resources/{draw.word()}/referrals", json=hub.new_referral()), 422)
