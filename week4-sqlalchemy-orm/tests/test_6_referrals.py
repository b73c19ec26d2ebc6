"""Task 6: one resource, many referrals."""

import time

from classroom import expect, task

SLOW = 0.4


def shown(referral):
    """A referral as its resource shows it."""
    return {name: referral[name] for name in ("id", "family_name", "referral_date", "notes")}


@task(6)
def test_create_referral_answers_201_with_the_row(client, hub):
    """POST /resources/{id}/referrals stores a referral and answers 201 with the row."""
    resource = hub.resource()
    new = hub.new_referral()
    expected = {**new, "resource_id": resource["id"]}

    made = (
        expect(client.post(f"/resources/{resource['id']}/referrals", json=new))
        .created({"id": int, **expected})
        .answer.json
    )

    stored = hub.settled(lambda: hub.stored_referral(made["id"]), {"id": made["id"], **expected})
    expect.that(stored == {"id": made["id"], **expected}, f"The table referrals holds {stored}, expected {expected}.")


@task(6)
def test_notes_may_be_left_out(client, hub):
    """POST /resources/{id}/referrals takes a referral without notes: they are null."""
    resource = hub.resource()
    new = {"family_name": hub.draw.word().title(), "referral_date": hub.day()}

    expect(client.post(f"/resources/{resource['id']}/referrals", json=new)).created({"id": int, **new, "notes": None})


@task(6)
def test_referral_to_an_unknown_resource_is_404(client, hub):
    """POST /resources/{id}/referrals is 404 where there is no such resource, and stores nothing."""
    resource = hub.resource()
    new = hub.new_referral()
    before = hub.count("referrals")
    expect(client.post(f"/resources/{resource['id']}/referrals", json=new)).created()
    stored = hub.settled(lambda: hub.count("referrals"), before + 1)

    hub.refused(client.post(f"/resources/{hub.unused_id()}/referrals", json=new), 404)

    expect.that(hub.count("referrals") == stored, "A refused request has stored something.")


@task(6)
def test_a_referral_needs_its_name_and_a_real_date(client, hub):
    """POST /resources/{id}/referrals is 422 without a name, without a date, and for a day that does not exist."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}/referrals"
    new = hub.new_referral()
    expect(client.post(path, json=new)).created(new)

    hub.refused(client.post(path, json={key: new[key] for key in ("referral_date", "notes")}), 422)
    hub.refused(client.post(path, json={key: new[key] for key in ("family_name", "notes")}), 422)
    hub.refused(client.post(path, json=new | {"referral_date": "2026-02-30"}), 422)


@task(6, weight=2)
def test_a_resource_shows_its_referrals_by_date(client, hub):
    """GET /resources/{id} shows the referrals of that resource, in date order."""
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
    """GET /resources/{id} shows an empty list where no family was sent."""
    busy, idle = hub.resources([{}, {}])
    referral = hub.referral(busy["id"])

    expect(client.get(f"/resources/{busy['id']}")).ok({"referrals": [shown(referral)]})
    expect(client.get(f"/resources/{idle['id']}")).ok({"referrals": []})


@task(6)
def test_a_referral_is_committed_before_it_is_answered(client, hub, trouble):
    """POST /resources/{id}/referrals is committed before its answer leaves, however slow the commit is."""
    resource = hub.resource()
    trouble.slow_commit("referrals", SLOW)
    new = hub.new_referral()

    began = time.monotonic()
    answer = client.post(f"/resources/{resource['id']}/referrals", json=new)
    took = time.monotonic() - began

    expect(answer).created(new)
    expect.that(
        took >= SLOW,
        f"The answer 201 came after {took:.2f} s, but the commit takes {SLOW} s: it was not done yet.",
        answer,
    )


@task(6)
def test_a_referral_leaves_nothing_open(client, hub):
    """POST /resources/{id}/referrals leaves no connection in a transaction, for a known and for an unknown id."""
    resource = hub.resource()
    new = hub.new_referral()

    hub.leaves_nothing_open(
        client,
        lambda: expect(client.post(f"/resources/{resource['id']}/referrals", json=new)).created(new),
        lambda: hub.refused(client.post(f"/resources/{hub.unused_id()}/referrals", json=new), 404),
    )


@task(6)
def test_a_referral_that_is_refused_at_the_commit_is_told(client, hub, trouble):
    """When the database refuses a referral, the response is an error that shows nothing of it, and the next one works."""
    path = f"/resources/{hub.resource()['id']}/referrals"
    new = hub.new_referral()
    expect(client.post(path, json=new)).created(new)

    hub.bears_a_refused_commit(client, lambda: client.post(path, json=hub.new_referral()))

    expect(client.post(path, json=new)).created(new)
