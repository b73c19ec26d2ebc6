"""Task 8, all or nothing."""

import time

from classroom import expect, task

SLOW = 0.4


@task(8)
def test_a_rejected_delete_deletes_nothing(client, hub, trouble):
    """DELETE /resources/{id} deletes nothing if the database rejects any part of the delete."""
    resource = hub.resource()
    made = [hub.referral(resource["id"])["id"] for _ in range(3)]
    for table in ("resources", "referrals"):
        trouble.refuse(table, hub.draw.word(16), when="row")
        answer = client.delete(f"/resources/{resource['id']}")
        hub.calm()
        expect.that(
            answer.status >= 400, f"The database rejected the delete, but the response is {answer.status}.", answer
        )
        left = hub.stored_resource(resource["id"]), hub.referral_ids(resource["id"])
        expect.that(
            left == (resource, made),
            f"The database refused to delete a row in {table}, but others were deleted.",
            answer,
        )
        hub.recovers(client)

    expect(client.delete(f"/resources/{resource['id']}")).deleted()
    hub.is_deleted(resource)


@task(8)
def test_delete_is_committed_before_the_response(client, hub, trouble):
    """DELETE /resources/{id} commits before it responds, even when the commit is slow."""
    resource = hub.resource()
    trouble.slow_commit("resources", SLOW)

    began = time.monotonic()
    answer = client.delete(f"/resources/{resource['id']}")
    took = time.monotonic() - began

    expect(answer).deleted()
    expect.that(
        took >= SLOW,
        f"The 204 was sent before the commit: after {took:.2f} s, while the commit takes {SLOW} s here.",
        answer,
    )


@task(8)
def test_delete_takes_many_referrals_and_no_others(client, hub):
    """DELETE /resources/{id} deletes all sixty of the resource's referrals, and no others."""
    other, resource = hub.resources([{}, {}])
    made = hub.referrals([{"resource_id": resource["id"]} for _ in range(60)])
    kept = [referral["id"] for referral in hub.referrals([{"resource_id": other["id"]} for _ in range(4)])]

    expect(client.delete(f"/resources/{resource['id']}")).deleted()

    expect.that(hub.settled(lambda: hub.left(made), []) == [], "Referrals of the resource are still in the table.")
    expect.that(hub.referral_ids(other["id"]) == kept, "Referrals of another resource were deleted.")
    hub.is_deleted(resource)


@task(8)
def test_a_resource_without_referrals_is_deleted(client, hub):
    """DELETE /resources/{id} deletes a resource without referrals and returns 422 for an id that is not a number."""
    resource = hub.resource()
    hub.refused(client.delete("/resources/first"), 422)
    expect(client.delete(f"/resources/{resource['id']}")).deleted()
    hub.is_deleted(resource)
