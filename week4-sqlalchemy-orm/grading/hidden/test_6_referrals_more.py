"""Task 6, with equal dates and edge cases."""

from classroom import expect, task


def shown(referral):
    """Return a referral as its resource shows it."""
    return {name: referral[name] for name in ("id", "family_name", "referral_date", "notes")}


@task(6, weight=2)
def test_referrals_of_the_same_day_are_in_id_order(client, hub, database):
    """GET /resources/{id} shows referrals with the same date in id order, even after they have been changed."""
    resource = hub.resource()
    days = ["2026-05-04", "2026-02-01", "2026-05-04", "2025-12-31", "2026-05-04", "2026-02-01", "2026-05-04"]
    made = hub.referrals([{"resource_id": resource["id"], "referral_date": day} for day in days])
    for referral in (made[0], made[2]):
        referral["notes"] = hub.name.notes()
        database.run("UPDATE referrals SET notes = %s WHERE id = %s", referral["notes"], referral["id"])

    expected = sorted(made, key=lambda referral: (referral["referral_date"], referral["id"]))
    expect(client.get(f"/resources/{resource['id']}")).ok({"referrals": [shown(each) for each in expected]})


@task(6)
def test_a_new_referral_shows_up_in_its_place(client, hub):
    """GET /resources/{id} shows a new referral at once, in the right position by date."""
    resource = hub.resource()
    first = hub.referral(resource["id"], referral_date="2026-01-01")
    last = hub.referral(resource["id"], referral_date="2026-12-31")
    path = f"/resources/{resource['id']}"
    expect(client.get(path)).ok({"referrals": [shown(first), shown(last)]})
    new = hub.new_referral(referral_date="2026-07-01")

    made = expect(client.post(f"{path}/referrals", json=new)).created({"id": int, **new}).answer.json

    hub.settled(lambda: hub.stored_referral(made["id"]), {"id": made["id"], "resource_id": resource["id"], **new})
    expect(client.get(path)).ok({"referrals": [shown(first), {"id": made["id"], **new}, shown(last)]})


@task(6)
def test_a_rejected_referral_is_not_stored(client, hub):
    """POST /resources/{id}/referrals rejects null and impossible dates with 422 and stores nothing."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}/referrals"
    new = hub.new_referral(referral_date="2028-02-29", notes=None)
    expect(client.post(path, json=new)).created(new)
    stored = hub.settled(lambda: len(hub.referral_ids(resource["id"])), 1)

    for bad in (
        {"family_name": None},
        {"referral_date": None},
        {"referral_date": "2026-04-31"},
        {"referral_date": "2027-02-29"},
    ):
        hub.refused(client.post(path, json=new | bad), 422)
    for bad in ("2026-00-10", "2026-13-10", "2026-01-32"):
        hub.refused(client.post(path, json=hub.new_referral(referral_date=bad)), 422)

    expect.that(len(hub.referral_ids(resource["id"])) == stored, "A rejected request stored a row.")


@task(6)
def test_a_referral_belongs_to_the_resource_in_its_path(client, hub):
    """POST /resources/{id}/referrals stores the referral for that resource and changes no other referrals."""
    before, resource, after = hub.resources([{}, {}, {}])
    others = [hub.referral(each["id"])["id"] for each in (before, after)]
    several = [hub.new_referral() for _ in range(3)]

    made = [
        expect(client.post(f"/resources/{resource['id']}/referrals", json=new))
        .created({"id": int, "resource_id": resource["id"], **new})
        .answer.json["id"]
        for new in several
    ]

    found = hub.settled(lambda: hub.referral_ids(resource["id"]), sorted(made))
    expect.that(found == sorted(made), f"The resource has the referrals {found}, expected {sorted(made)}.")
    expect.that(hub.referral_ids(before["id"], after["id"]) == others, "Referrals of other resources were changed.")


@task(6)
def test_text_of_a_referral_is_stored_unchanged(client, hub):
    """POST /resources/{id}/referrals stores any text unchanged, and returns 422 for an id that is not a number."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}/referrals"
    new = hub.new_referral(family_name="D'Ångelo 漢", notes="%s; -- \"x\" \\ 'y'")

    expect(client.post(path, json=new)).created(new)
    hub.refused(client.post("/resources/first/referrals", json=new), 422)
