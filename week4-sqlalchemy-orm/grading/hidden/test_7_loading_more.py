"""Task 7, with more rows."""

from classroom import expect, task


def with_resource(referral, resource):
    """Return a referral as the list shows it."""
    shown = {name: referral[name] for name in ("id", "family_name", "referral_date", "notes")}
    return {**shown, "resource": {"id": resource["id"], "name": resource["name"]}}


@task(7, weight=2)
def test_two_hundred_referrals_cost_as_many_statements_as_one(client, hub):
    """GET /referrals runs the same number of SQL statements for 200 referrals as for one, and lists them all."""
    hub.empty()
    resources = hub.resources([{} for _ in range(50)])
    made = hub.referrals([{"resource_id": resources[7]["id"], "notes": None}])
    few, listed = hub.counted(lambda: client.get("/referrals"))
    expect(listed).ok([with_resource(made[0], resources[7])])
    order = [resources[n % 50] for n in range(199)]
    hub.draw.shuffle(order)
    made += hub.referrals([{"resource_id": resource["id"]} for resource in order])
    many, listed = hub.counted(lambda: client.get("/referrals"))

    one, all_of_them = (counted.total(naming=hub.names()) for counted in (few, many))
    of = {resource["id"]: resource for resource in resources}
    expect(listed).ok([with_resource(referral, of[referral["resource_id"]]) for referral in made])
    grown = f"SQL statements for 1 referral: {one}, for 200 referrals: {all_of_them}, expected the same number."
    expect.that(one == all_of_them, grown, listed)
    expect.that(one <= 6, f"The list takes {one} SQL statements, expected at most 6.", listed)


@task(7)
def test_list_keeps_its_order_after_changes(client, hub, database):
    """GET /referrals lists referrals in id order, even after some have been changed or moved to another resource."""
    hub.empty()
    first, second = hub.resources([{}, {}])
    made = hub.referrals([{"resource_id": first["id"], "referral_date": f"2026-0{9 - n}-11"} for n in range(5)])
    for referral in (made[1], made[3]):
        referral["resource_id"] = second["id"]
        database.run("UPDATE referrals SET resource_id = %s WHERE id = %s", second["id"], referral["id"])

    of = {first["id"]: first, second["id"]: second}
    expect(client.get("/referrals")).ok([with_resource(referral, of[referral["resource_id"]]) for referral in made])


@task(7)
def test_no_referrals_are_an_empty_list(client, hub):
    """GET /referrals returns an empty list if there are resources but no referrals."""
    hub.empty()
    resource = hub.resource()
    expect(client.get("/referrals")).ok([])
    referral = hub.referral(resource["id"])
    expect(client.get("/referrals")).ok([with_resource(referral, resource)])


@task(7)
def test_the_list_is_complete(client, hub):
    """GET /referrals lists all referrals, even if there are more than a hundred."""
    hub.empty()
    resources = hub.resources([{}, {}])
    made = hub.referrals([{"resource_id": resources[n % 3 == 0]["id"]} for n in range(130)])

    expect(client.get("/referrals")).ok([{"id": referral["id"]} for referral in made])
