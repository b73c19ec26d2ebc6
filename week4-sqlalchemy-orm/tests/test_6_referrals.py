"""Task 6: one resource, many referrals."""

import time

from classroom import expect, task

SLOW = 0.4


def shown(referral):
    """Return a referral as its resource shows it."""
    return {name: referral[name] for name in ("id", "family_name", "referral_date", "notes")}


@task(6)
def test_create_referral_returns_201_with_the_row(client, hub):
    """POST /resources/{id}/referrals stores a referral and returns 201 with the new row."""
    resource = hub.resource()
    new = hub.new_referral()
    expected = {**new, "resource_id": resource["id"]}

    made = (
        expect(client.post(f"/resources/{resource['id']}/referrals", json=new))
        .created({"id": int, **expected})
        .answer.json
    )

    hub.is_stored("referrals", {"id": made["id"], **expected})


@task(6)
def test_notes_may_be_left_out(client, hub):
    """POST /resources/{id}/referrals accepts a referral without notes and returns notes as null."""
    resource = hub.resource()
    new = {"family_name": hub.name.family(), "referral_date": hub.day()}

    expect(client.post(f"/resources/{resource['id']}/referrals", json=new)).created({"id": int, **new, "notes": None})


@task(6)
def test_referral_to_an_unknown_resource_is_404(client, hub):
    """POST /resources/{id}/referrals returns 404 for an unknown resource and stores nothing."""
    resource = hub.resource()
    new = hub.new_referral()
    before = hub.count("referrals")
    expect(client.post(f"/resources/{resource['id']}/referrals", json=new)).created()
    stored = hub.settled(lambda: hub.count("referrals"), before + 1)

    hub.refused(client.post(f"/resources/{hub.unused_id()}/referrals", json=new), 404)

    expect.that(hub.count("referrals") == stored, "A rejected request stored a row.")


@task(6)
def test_a_referral_needs_its_name_and_a_real_date(client, hub):
    """POST /resources/{id}/referrals rejects a missing name, a missing date and an impossible date with 422."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}/referrals"
    new = hub.new_referral()
    expect(client.post(path, json=new)).created(new)

    hub.refused(client.post(path, json={key: new[key] for key in ("referral_date", "notes")}), 422)
    hub.refused(client.post(path, json={key: new[key] for key in ("family_name", "notes")}), 422)
    hub.refused(client.post(path, json=new | {"referral_date": "2026-02-30"}), 422)


@task(6, weight=2)
def test_a_resource_shows_its_referrals_by_date(client, hub):
    """GET /resources/{id} shows the referrals of that resource and no others, in date order."""
    other, resource = hub.resources([{}, {}])
    late, early, middle, _ = hub.referrals(
        [
            {"resource_id": resource["id"], "referral_date": "2026-11-02", "notes": None},
            {"resource_id": resource["id"], "referral_date": "2026-01-20"},
            {"resource_id": resource["id"], "referral_date": "2026-03-15"},
            {"resource_id": other["id"], "referral_date": "2026-02-01"},
        ]
    )

    expected = {"id": resource["id"], "referrals": [shown(early), shown(middle), shown(late)]}
    expect(client.get(f"/resources/{resource['id']}")).ok(expected)


@task(6)
def test_a_resource_without_referrals_shows_an_empty_list(client, hub):
    """GET /resources/{id} shows an empty list for a resource without referrals."""
    busy, idle = hub.resources([{}, {}])
    referral = hub.referral(busy["id"])

    expect(client.get(f"/resources/{busy['id']}")).ok({"referrals": [shown(referral)]})
    expect(client.get(f"/resources/{idle['id']}")).ok({"referrals": []})


@task(6)
def test_a_referral_is_committed_before_the_response(client, hub, trouble):
    """POST /resources/{id}/referrals commits before it responds, even when the commit is slow."""
    resource = hub.resource()
    trouble.slow_commit("referrals", SLOW)
    new = hub.new_referral()

    began = time.monotonic()
    answer = client.post(f"/resources/{resource['id']}/referrals", json=new)
    took = time.monotonic() - began

    expect(answer).created(new)
    expect.that(
        took >= SLOW,
        f"The 201 was sent before the commit: after {took:.2f} s, while the commit takes {SLOW} s here.",
        answer,
    )


@task(6)
def test_a_new_referral_closes_its_session(client, hub):
    """POST /resources/{id}/referrals closes its session, even for an unknown id: no transaction stays open."""
    resource = hub.resource()
    new = hub.new_referral()

    hub.leaves_nothing_open(
        client,
        lambda: expect(client.post(f"/resources/{resource['id']}/referrals", json=new)).created(new),
        lambda: hub.refused(client.post(f"/resources/{hub.unused_id()}/referrals", json=new), 404),
    )


@task(6)
def test_a_referral_whose_commit_fails_is_an_error(client, hub, trouble):
    """If the database rejects a referral, the response is an error without database details, and the next referral is stored."""
    path = f"/resources/{hub.resource()['id']}/referrals"
    new = hub.new_referral()
    expect(client.post(path, json=new)).created(new)

    hub.bears_a_refused_commit(client, lambda: client.post(path, json=hub.new_referral()))

    expect(client.post(path, json=new)).created(new)
