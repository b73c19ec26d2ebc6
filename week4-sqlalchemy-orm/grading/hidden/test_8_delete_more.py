"""Task 8, all or nothing."""

import time

from classroom import expect, task

SLOW = 0.4


@task(8)
def test_a_refused_delete_deletes_nothing(client, hub, trouble):
    """DELETE /resources/{id} deletes neither the resource nor a referral when the database refuses in the middle."""
    resource = hub.resource()
    made = [hub.referral(resource["id"])["id"] for _ in range(3)]
    for table in ("resources", "referrals"):
        trouble.refuse(table, hub.draw.word(16), when="row")
        answer = client.delete(f"/resources/{resource['id']}")
        hub.calm()
        expect.that(answer.status >= 400, f"The database refused, and the answer is {answer.status}.", answer)
        left = hub.stored_resource(resource["id"]), hub.referral_ids(resource["id"])
        expect.that(left == (resource, made), f"The database refused a row of {table}, and a part was deleted.", answer)
        hub.recovers(client)

    expect(client.delete(f"/resources/{resource['id']}")).deleted()
    expect.that(hub.settled(lambda: hub.stored_resource(resource["id"]), None) is None, "The resource is still there.")


@task(8)
def test_delete_is_committed_before_it_is_answered(client, hub, trouble):
    """DELETE /resources/{id} is committed before its answer leaves, however slow the commit is."""
    resource = hub.resource()
    trouble.slow_commit("resources", SLOW)

    began = time.monotonic()
    answer = client.delete(f"/resources/{resource['id']}")
    took = time.monotonic() - began

    expect(answer).deleted()
    expect.that(
        took >= SLOW,
        f"The answer 204 came after {took:.2f} s, but the commit takes {SLOW} s: it was not done yet.",
        answer,
    )


@task(8)
def test_delete_takes_many_referrals_and_no_others(client, hub):
    """DELETE /resources/{id} takes all of sixty referrals along, and no others."""
    other, resource = hub.resources([{}, {}])
    made = hub.referrals([{"resource_id": resource["id"]} for _ in range(60)])
    kept = [referral["id"] for referral in hub.referrals([{"resource_id": other["id"]} for _ in range(4)])]

    expect(client.delete(f"/resources/{resource['id']}")).deleted()

    expect.that(hub.settled(lambda: hub.left(made), []) == [], "Referrals of the resource are still there.")
    expect.that(hub.referral_ids(other["id"]) == kept, "Referrals of another resource are gone.")
    expect.that(hub.settled(lambda: hub.stored_resource(resource["id"]), None) is None, "The resource is still there.")


@task(8)
def test_a_resource_without_referrals_is_deleted(client, hub):
    """DELETE /resources/{id} takes a resource to which no family was sent, and a malformed id is 422."""
    resource = hub.resource()
    hub.refused(client.delete(f"/resources/{hub.draw.word()}"), 422)
    expect(client.delete(f"/resources/{resource['id']}")).deleted()
    expect.that(hub.settled(lambda: hub.stored_resource(resource["id"]), None) is None, "The resource is still there.")
