"""Task 5, field by field."""

import time

from classroom import expect, task

SLOW = 0.4


@task(5)
def test_each_field_changes_alone(client, hub):
    """PATCH /resources/{id} changes any one field and leaves the others as they are."""
    resource = hub.resource()
    for name, value in hub.new_resource().items():
        resource = resource | {name: value}
        expect(client.patch(f"/resources/{resource['id']}", json={name: value})).ok(resource)
        stored = hub.settled(lambda: hub.stored_resource(resource["id"]), resource)  # noqa: B023
        expect.that(stored == resource, f"The table resources holds {stored}, expected {resource}.")


@task(5)
def test_each_optional_field_is_cleared_alone(client, hub):
    """PATCH /resources/{id} with null clears that optional field and no other, beside a change too."""
    resource = hub.resource()
    for change in ({"contact_email": None}, {"contact_email": "new@example.org", "address": None}):
        resource = resource | change
        expect(client.patch(f"/resources/{resource['id']}", json=change)).ok(resource)
        stored = hub.settled(lambda: hub.stored_resource(resource["id"]), resource)  # noqa: B023
        expect.that(stored == resource, f"The table resources holds {stored}, expected {resource}.")


@task(5)
def test_an_invalid_patch_changes_nothing_at_all(client, hub):
    """PATCH /resources/{id} in which one field is invalid is rejected with 422, and leaves the valid ones alone too."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}"
    invalid = [("name", None), ("category", None), ("address", ["a"]), ("contact_email", {"a": 1}), ("name", [])]
    for name, value in invalid:
        valid = {other: new for other, new in hub.new_resource(address=None).items() if other != name}
        for bad in (valid | {name: value}, {name: value} | valid):
            hub.refused(client.patch(path, json=bad), 422)
            found = hub.stored_resource(resource["id"])
            expect.that(found == resource, f"The rejected PATCH {bad} changed the row to {found}.")

    good = {"name": "New", "category": "Food"}
    expect(client.patch(path, json=good)).ok(resource | good)


@task(5)
def test_patch_changes_one_row(client, hub):
    """PATCH /resources/{id} leaves all other rows and the referrals of its own row as they are."""
    for name, value in hub.new_resource(address=None).items():
        resource, others = hub.among_others()
        referral = hub.referral(resource["id"])
        changed = resource | {name: value}

        expect(client.patch(f"/resources/{resource['id']}", json={name: value})).ok(changed)

        stored = hub.settled(lambda: hub.stored_resource(resource["id"]), changed)  # noqa: B023
        expect.that(stored == changed, f"The table resources holds {stored}, expected {changed}.")
        hub.unchanged(others)
        expect.that(hub.stored_referral(referral["id"]) == referral, "A referral of the resource has changed.")


@task(5)
def test_a_change_is_committed_before_it_is_answered(client, hub, trouble):
    """PATCH /resources/{id} is committed before its answer leaves; a malformed id is 422."""
    resource = hub.resource()
    change = {"name": hub.draw.word().title()}
    trouble.slow_commit("resources", SLOW)

    began = time.monotonic()
    answer = client.patch(f"/resources/{resource['id']}", json=change)
    took = time.monotonic() - began

    expect(answer).ok(change)
    expect.that(
        took >= SLOW,
        f"The answer 200 came after {took:.2f} s, but the commit takes {SLOW} s: it was not done yet.",
        answer,
    )
    hub.refused(client.patch(f"/resources/{hub.draw.word()}", json=change), 422)
