"""Task 8 with many referrals, and with referrals to other resources."""

from classroom import expect, task


@task(8)
def test_many_referrals_keep_their_resource(client, hub):
    """DELETE /resources/{id} returns 409 each time until the last referral is deleted."""
    row, other = hub.resource(), hub.resource()
    referrals = [hub.referral(row) for _ in range(3)]
    hub.referral(other)
    free = hub.resource()
    expect(client.delete(f"/resources/{free['id']}")).deleted()

    for referral in referrals:
        before = hub.resources(), hub.referrals()
        hub.refused(client.delete(f"/resources/{row['id']}"), 409)
        expect.that((hub.resources(), hub.referrals()) == before, "Something was deleted anyway.")
        hub.remove("referrals", referral["id"])

    others = hub.referrals()
    expect(client.delete(f"/resources/{row['id']}")).deleted()
    expect.that(not hub.resources(id=row["id"]), "The resource is still in the table.")
    expect.that(hub.referrals() == others, "Referrals to other resources were changed.")
    hub.refused(client.delete(f"/resources/{row['id']}"), 404)


@task(8)
def test_deleted_resource_stays_away_after_a_restart(client, app, hub):
    """A deleted resource stays deleted after the app is restarted."""
    row, kept = hub.resource(), hub.resource()
    expect(client.delete(f"/resources/{row['id']}")).deleted()

    app.restart()

    expect.that(not hub.resources(id=row["id"]), "The deleted resource is in the table again.")
    others = hub.resources(id=kept["id"])
    expect.that(others, "Another resource was deleted, too.")
    expect.that(others == [kept], f"Another resource was changed: it was {kept}, now it is {others}.")
