"""Task 8: delete a resource and its referrals."""

from classroom import expect, task


@task(8)
def test_delete_takes_the_referrals_along(client, hub):
    """DELETE /resources/{id} deletes the resource and its referrals and returns 204."""
    resource = hub.resource()
    made = hub.referrals([{"resource_id": resource["id"]} for _ in range(3)])

    expect(client.delete(f"/resources/{resource['id']}")).deleted()

    hub.is_deleted(resource)
    expect.that(hub.settled(lambda: hub.left(made), []) == [], "The resource's referrals are still in the table.")


@task(8)
def test_delete_takes_no_others(client, hub):
    """DELETE /resources/{id} does not delete other resources or their referrals, even those with the same values."""
    resource, others = hub.among_others()
    own = hub.new_referral()
    alike = [own, *(hub.new_referral(**{name: own[name]}) for name in own)]
    hub.referral(resource["id"], **own)
    kept = hub.possible(hub.referral, [{"resource_id": hub.draw.one_of(others)["id"], **one} for one in alike])

    expect(client.delete(f"/resources/{resource['id']}")).deleted()

    hub.is_deleted(resource)
    hub.unchanged(others)
    for referral in kept:
        found = hub.stored_referral(referral["id"])
        expect.that(found, f"A referral of another resource was deleted: {referral}.")
        expect.that(found == referral, f"A referral of another resource was changed: from {referral} to {found}.")


@task(8)
def test_a_delete_that_fails_halfway_deletes_nothing(client, hub, trouble):
    """If the database refuses to delete a resource, neither the resource nor its referrals are deleted."""
    resource, other = hub.resources([{}, {}])
    made = hub.referrals([{"resource_id": resource["id"]} for _ in range(3)])
    expect(client.delete(f"/resources/{other['id']}")).deleted()

    trouble.refuse("resources", hub.draw.word(16), when="row")
    answer = client.delete(f"/resources/{resource['id']}")
    hub.calm()
    hub.recovers(client)

    expect.that(answer.status >= 400, f"The database rejected the delete, but the response is {answer.status}.", answer)
    expect.that(hub.stored_resource(resource["id"]) == resource, "The delete failed, but the resource is gone.", answer)
    left = hub.left(made)
    expect.that(
        left == [one["id"] for one in made],
        f"The delete failed, but only {len(left)} of the 3 referrals are left: use one transaction.",
        answer,
    )


@task(8)
def test_delete_of_an_unknown_id_is_404(client, hub):
    """DELETE /resources/{id} returns 404 for an unknown id."""
    resource = hub.resource()

    hub.refused(client.delete(f"/resources/{hub.unused_id()}"), 404)
    expect(client.delete(f"/resources/{resource['id']}")).deleted()


@task(8)
def test_a_delete_closes_its_session(client, hub):
    """DELETE /resources/{id} closes its session, even for an unknown id: no transaction is open after the response."""
    resource = hub.resource()

    hub.leaves_nothing_open(
        client,
        lambda: expect(client.delete(f"/resources/{resource['id']}")).deleted(),
        lambda: hub.refused(client.delete(f"/resources/{hub.unused_id()}"), 404),
    )


@task(8)
def test_a_delete_whose_commit_fails_is_an_error(client, hub, trouble):
    """If the database rejects a delete, the response is an error without database details, and the next delete works."""
    first, second, third = hub.resources([{}, {}, {}])
    expect(client.delete(f"/resources/{first['id']}")).deleted()

    hub.bears_a_refused_commit(client, lambda: client.delete(f"/resources/{second['id']}"))

    expect(client.delete(f"/resources/{third['id']}")).deleted()
