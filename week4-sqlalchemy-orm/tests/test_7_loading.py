"""Task 7: all referrals in few statements."""

from classroom import expect, task


def with_resource(referral, resource):
    """A referral as the list shows it."""
    told = {name: referral[name] for name in ("id", "family_name", "referral_date", "notes")}
    return {**told, "resource": {"id": resource["id"], "name": resource["name"]}}


@task(7)
def test_referrals_are_listed_with_their_resources(client, hub, database):
    """GET /referrals lists all referrals by id, each with the id and the name of its resource."""
    hub.empty()
    first, second = hub.resources([{}, {}])
    days = ("2026-06-01", "2026-05-01", "2026-07-01")
    one, two, three = hub.referrals(
        [
            {"resource_id": each["id"], "referral_date": day}
            for each, day in zip((second, first, second), days, strict=True)
        ]
    )
    one["notes"] = hub.draw.word()
    database.run("UPDATE referrals SET notes = %s WHERE id = %s", one["notes"], one["id"])

    expected = [with_resource(one, second), with_resource(two, first), with_resource(three, second)]
    expect(client.get("/referrals")).ok(expected)


@task(7, weight=2)
def test_forty_referrals_cost_as_many_statements_as_one(client, hub):
    """GET /referrals runs at most six SQL statements, and as many for forty referrals as for one."""
    hub.empty()
    resources = hub.resources([{} for _ in range(40)])
    hub.referral(resources[0]["id"])
    few, listed = hub.counted(lambda: client.get("/referrals"))
    expect(listed).ok([{"id": int, "resource": {"id": int, "name": str}}])
    hub.referrals([{"resource_id": resource["id"]} for resource in resources[1:]])
    many, listed = hub.counted(lambda: client.get("/referrals"))
    expect(listed).ok([{"id": int, "resource": {"id": int, "name": str}}] * 40)

    one, forty = (counted.total(naming=hub.names()) for counted in (few, many))
    expect.that(one == forty, f"One referral costs {one} SQL statements, forty cost {forty}.", listed)
    expect.that(one <= 6, f"The list costs {one} SQL statements, at most six are asked for.", listed)


@task(7)
def test_listing_referrals_leaves_nothing_open(client, hub):
    """GET /referrals leaves no connection in a transaction."""
    hub.empty()
    referral = hub.referral(hub.resource()["id"])

    hub.leaves_nothing_open(client, lambda: expect(client.get("/referrals")).ok([{"id": referral["id"]}]))
