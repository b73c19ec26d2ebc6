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
    """DELETE /resources/{id} leaves other resources and their referrals alone, however much they look alike."""
    resource, others = hub.among_others()
    own = hub.new_referral()
    alike = [own, *(hub.new_referral(**{name: own[name]}) for name in own)]
    hub.referral(resource["id"], **own)
    kept = hub.possible(hub.referral, [{"resource_id": hub.draw.one_of(others)["id"], **one} for one in alike])

    expect(client.delete(f"/resources/{resource['id']}")).deleted()

    expect.that(hub.settled(lambda: hub.stored_resource(resource["id"]), None) is None, "The resource is still there.")
    hub.unchanged(others)
    for referral in kept:
        found = hub.stored_referral(referral["id"])
        expect.that(found, f"A referral of another resource is gone: {referral}.")
        expect.that(found == referral, f"A referral of another resource is changed: it was {referral}, and is {found}.")


@task(8)
def test_a_delete_that_fails_halfway_deletes_nothing(client, hub, trouble):
    """When the database refuses to delete the resource, its referrals are still there, too."""
    resource, other = hub.resources([{}, {}])
    made = hub.referrals([{"resource_id": resource["id"]} for _ in range(3)])
    expect(client.delete(f"/resources/{other['id']}")).deleted()

    trouble.refuse("resources", hub.draw.word(16), when="row")
    answer = client.delete(f"/resources/{resource['id']}")
    hub.calm()
    hub.recovers(client)

    expect.that(answer.status >= 400, f"The database refused the delete, and the response is {answer.status}.", answer)
    expect.that(hub.stored_resource(resource["id"]) == resource, "The resource is gone.", answer)
    left = hub.left(made)
    expect.that(left == [one["id"] for one in made], f"Of the three referrals {len(left)} are left.", answer)


@task(8)
def test_delete_of_an_unknown_id_is_404(client, hub):
    """DELETE /resources/{id} is 404 for an unknown id."""
    resource = hub.resource()

    hub.refused(client.delete(f"/resources/{hub.unused_id()}"), 404)
    expect(client.delete(f"/resources/{resource['id']}")).deleted()


@task(8)
def test_a_delete_leaves_nothing_open(client, hub):
    """DELETE /resources/{id} leaves no connection in a transaction, for a known and for an unknown id."""
    resource = hub.resource()

    hub.leaves_nothing_open(
        client,
        lambda: expect(client.delete(f"/resources/{resource['id']}")).deleted(),
        lambda: hub.refused(client.delete(f"/resources/{hub.unused_id()}"), 404),
    )


@task(8)
def test_a_delete_that_is_refused_at_the_commit_is_told(client, hub, trouble):
    """When the database refuses a DELETE, the response is an error that shows nothing of it, and the next one works."""
    first, second, third = hub.resources([{}, {}, {}])
    expect(client.delete(f"/resources/{first['id']}")).deleted()

    hub.bears_a_refused_commit(client, lambda: client.delete(f"/resources/{second['id']}"))

    expect(client.delete(f"/resources/{third['id']}")).deleted()
