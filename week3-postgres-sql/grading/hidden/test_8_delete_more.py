"""Task 8 with many referrals, and with those of others."""

from classroom import expect, task


@task(8)
def test_many_referrals_keep_their_resource(client, hub):
    """DELETE /resources/{id} answers 409 each time it is tried, until the last referral is gone."""
    row, other = hub.resource(), hub.resource()
    referrals = [hub.referral(row) for _ in range(3)]
    hub.referral(other)
    free = hub.resource()
    expect(client.delete(f"/resources/{free['id']}")).deleted()

    for referral in referrals:
        before = hub.resources(), hub.referrals()
        hub.refused(client.delete(f"/resources/{row['id']}"), 409)
        expect.that((hub.resources(), hub.referrals()) == before, "Something was deleted all the same.")
        hub.remove("referrals", referral["id"])

    others = hub.referrals()
    expect(client.delete(f"/resources/{row['id']}")).deleted()
    expect.that(not hub.resources(id=row["id"]), "The resource is still there.")
    expect.that(hub.referrals() == others, "Referrals to other resources are gone.")
    hub.refused(client.delete(f"/resources/{row['id']}"), 404)


@task(8)
def test_deleted_resource_stays_away_after_a_restart(client, app, hub):
    """A resource that was deleted is not back after the app has been stopped and started."""
    row, kept = hub.resource(), hub.resource()
    expect(client.delete(f"/resources/{row['id']}")).deleted()

    app.restart()

    expect.that(not hub.resources(id=row["id"]), "The resource is back.")
    others = hub.resources(id=kept["id"])
    expect.that(others, "Another resource is gone, too.")
    expect.that(others == [kept], f"Another resource is changed: it was {kept}, and is {others}.")
