"""Task 9 with more days, more rows, and names that change."""

from classroom import expect, task


@task(9)
def test_more_days_that_do_not_exist_are_422(client, hub):
    """POST /resources/{id}/referrals accepts valid dates and returns 422 for impossible ones."""
    path = f"/resources/{hub.resource()['id']}/referrals"

    expect(client.post(path, json=hub.new_referral(referral_date="2026-01-31"))).created(
        {"referral_date": "2026-01-31"}
    )
    for day in ("2026-02-30", "2026-13-01", "2026-00-10", "2026-06-31"):
        hub.refused(client.post(path, json=hub.new_referral(referral_date=day)), 422)


@task(9)
def test_referrals_of_one_family_are_all_kept(client, hub):
    """The same family can be referred to the same resource again; each referral gets its own id."""
    row, sent = hub.resource(), hub.new_referral()
    ids = []
    for _ in range(3):
        answer = client.post(f"/resources/{row['id']}/referrals", json=sent)
        expect(answer).created({"id": int, "resource_id": row["id"], **sent})
        ids.append(answer.json["id"])

    expect.that(len(set(ids)) == len(ids), f"Three referrals got the ids {ids}, expected three different ids.")
    stored = hub.referrals(family_name=sent["family_name"])
    expected = [{"id": number, "resource_id": row["id"], **sent} for number in sorted(ids)]
    expect.that(stored == expected, f"The referrals are stored as {stored}.")


@task(9)
def test_referrals_show_the_name_of_today(client, hub, draw):
    """GET /referrals lists every referral once, in id order, with its resource's current name."""
    rows = [hub.resource() for _ in range(3)]
    for place, number in enumerate(draw.sample(hub.ids(110), 110)):
        hub.referral(rows[place % 2], id=number, notes=None if place % 3 else draw.word())
    hub.database.run("UPDATE resources SET name = %s WHERE id = %s", hub.name(), rows[1]["id"])
    names = {row["id"]: row["name"] for row in hub.resources()}

    known = [row for row in hub.referrals() if row["resource_id"] in names]
    expect(client.get("/referrals")).ok([{**row, "resource_name": names[row["resource_id"]]} for row in known])


@task(9)
def test_refused_referral_leaves_no_trace(client, hub):
    """After a 404 or 422, the tables are unchanged, and the next referral works."""
    path = f"/resources/{hub.resource()['id']}/referrals"
    expect(client.post(path, json=hub.new_referral())).created()
    unknown = hub.ids(1)[0]
    before = hub.resources(), hub.referrals()

    hub.refused(client.post(f"/resources/{unknown}/referrals", json=hub.new_referral()), 404)
    hub.refused(client.post(path, json=hub.new_referral(referral_date="2025-11-31")), 422)
    hub.refused(client.post(path, json={}), 422)

    expect.that((hub.resources(), hub.referrals()) == before, "A rejected referral changed the tables.")
    sent = hub.new_referral()
    expect(client.post(path, json=sent)).created(sent)
