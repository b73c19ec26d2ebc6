"""Task 5, field by field."""

import time

from classroom import expect, task

SLOW = 0.4


@task(5)
def test_each_field_changes_alone(client, hub):
    """PATCH /resources/{id} changes any single field and leaves the others unchanged."""
    resource = hub.resource()
    for name, value in hub.new_resource().items():
        before, resource = resource, resource | {name: value}
        hub.patched(client.patch(f"/resources/{resource['id']}", json={name: value}), before, {name: value})
        hub.is_changed(before, resource)


@task(5)
def test_each_optional_field_is_cleared_alone(client, hub):
    """PATCH /resources/{id} with null for an optional field clears only that field, even alongside another change."""
    resource = hub.resource()
    for change in ({"contact_email": None}, {"contact_email": "new@example.org", "address": None}):
        before, resource = resource, resource | change
        hub.patched(client.patch(f"/resources/{resource['id']}", json=change), before, change)
        hub.is_changed(before, resource)


@task(5)
def test_an_invalid_patch_changes_nothing_at_all(client, hub):
    """PATCH /resources/{id} with one invalid field is rejected with 422, and the valid fields are not changed either."""
    resource = hub.resource()
    path = f"/resources/{resource['id']}"
    invalid = [("name", None), ("category", None), ("address", ["a"]), ("contact_email", {"a": 1}), ("name", [])]
    for name, value in invalid:
        valid = {other: new for other, new in hub.new_resource(address=None).items() if other != name}
        for bad in (valid | {name: value}, {name: value} | valid):
            hub.refused(client.patch(path, json=bad), 422)
            found = hub.stored_resource(resource["id"])
            expect.that(found == resource, f"The rejected PATCH {bad} changed the row in the table to {found}.")

    good = {"name": "New", "category": "Food"}
    expect(client.patch(path, json=good)).ok(resource | good)


@task(5)
def test_patch_changes_one_row(client, hub):
    """PATCH /resources/{id} changes neither other resources nor this resource's own referrals."""
    for name, value in hub.new_resource(address=None).items():
        resource, others = hub.among_others()
        referral = hub.referral(resource["id"])
        changed = resource | {name: value}

        hub.patched(client.patch(f"/resources/{resource['id']}", json={name: value}), resource, {name: value})

        hub.is_changed(resource, changed)
        hub.unchanged(others)
        expect.that(hub.stored_referral(referral["id"]) == referral, "One of the resource's referrals was changed.")


@task(5)
def test_a_change_is_committed_before_the_response(client, hub, trouble):
    """PATCH /resources/{id} commits before it responds, and returns 422 for an id that is not a number."""
    resource = hub.resource()
    change = {"name": hub.name.place()}
    trouble.slow_commit("resources", SLOW)

    began = time.monotonic()
    answer = client.patch(f"/resources/{resource['id']}", json=change)
    took = time.monotonic() - began

    expect(answer).ok(change)
    expect.that(
        took >= SLOW,
        f"The 200 was sent before the commit: after {took:.2f} s, while the commit takes {SLOW} s here.",
        answer,
    )
    hub.refused(client.patch("/resources/first", json=change), 422)
