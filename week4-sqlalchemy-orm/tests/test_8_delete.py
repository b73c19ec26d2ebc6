"""Task 8: delete, and what hangs on it."""

from classroom import expect, task


@task(8)
def test_delete_takes_the_referrals_along(client, hub):
    """DELETE /resources/{id} answers 204, and the resource and its referrals are gone."""
    resource = hub.resource()
    made = hub.referrals([{"resource_id": resource["id"]} for _ in range(3)])

    expect(client.delete(f"/resources/{resource['id']}")).deleted()

    expect.that(hub.settled(lambda: hub.stored_resource(resource["id"]), None) is None, "The resource is still there.")
    expect.that(hub.settled(lambda: hub.left(made), []) == [], "Referrals of the resource are still there.")


@task(8)
def test_delete_takes_no_others(client, hub):
    """DELETE /resources/{id} leaves the other resources and their referrals alone."""
    before, resource, after = hub.resources([{}, {}, {}])
    made = hub.referrals([{"resource_id": each["id"]} for each in (before, resource, after, before)])

    expect(client.delete(f"/resources/{resource['id']}")).deleted()

    expect.that(hub.settled(lambda: hub.stored_resource(resource["id"]), None) is None, "The resource is still there.")
    for other in (before, after):
        found = hub.stored_resource(other["id"])
        expect.that(found, "Another resource is gone, too.")
        expect.that(found == other, f"Another resource is changed: it was {other}, and is {found}.")
    left = hub.referral_ids(before["id"], after["id"])
    expect.that(left == [made[0]["id"], made[2]["id"], made[3]["id"]], "Referrals of another resource are gone.")


@task(8)
def test_delete_of_an_unknown_id_is_404(client, hub):
    """DELETE /resources/{id} is 404 for an unknown id."""
    resource = hub.resource()

    expect(client.delete(f"/resources/{hub.unused_id()}")).refused(404)
    expect(client.delete(f"/resources/{resource['id']}")).deleted()


@task(8)
def test_a_delete_leaves_nothing_open(client, hub):
    """DELETE /resources/{id} leaves no connection in a transaction, for a known and for an unknown id."""
    resource = hub.resource()

    hub.leaves_nothing_open(
        client,
        lambda: expect(client.delete(f"/resources/{resource['id']}")).deleted(),
        lambda: expect(client.delete(f"/resources/{hub.unused_id()}")).refused(404),
    )


@task(8)
def test_a_delete_that_is_refused_at_the_commit_is_told(client, hub, trouble):
    """When the database refuses the commit of a DELETE, the answer is an error that shows nothing, and the next works."""
    first, second, third = hub.resources([{}, {}, {}])
    expect(client.delete(f"/resources/{first['id']}")).deleted()

    hub.bears_a_refused_commit(client, lambda: client.delete(f"/resources/{second['id']}"))

    expect(client.delete(f"/resources/{third['id']}")).deleted()
