"""Task 7: all referrals in few statements."""

from collections import Counter

from classroom import expect, task


def with_resource(referral, resource):
    """Return a referral as the list shows it."""
    shown = {name: referral[name] for name in ("id", "family_name", "referral_date", "notes")}
    return {**shown, "resource": {"id": resource["id"], "name": resource["name"]}}


def statements(number):
    """Return a count of SQL statements, in words."""
    return "1 SQL statement" if number == 1 else f"{number} SQL statements"


def most_repeated(many, few):
    """Return a sentence with the statement whose call count has grown the most."""
    before = Counter()
    for each in few.statements:
        before[each.query] += each.calls
    most = max(many.statements, key=lambda each: each.calls - before[each.query], default=None)
    return f" Repeated {most.calls} times: {' '.join(most.query.split())}" if most and most.query else ""


@task(7)
def test_referrals_are_listed_with_their_resources(client, hub, database):
    """GET /referrals returns all referrals in id order, each with the id and the name of its resource."""
    hub.empty()
    first, second = hub.resources([{}, {}])
    days = ("2026-06-01", "2026-05-01", "2026-07-01")
    one, two, three = hub.referrals(
        [
            {"resource_id": each["id"], "referral_date": day}
            for each, day in zip((second, first, second), days, strict=True)
        ]
    )
    one["notes"] = hub.name.notes()
    database.run("UPDATE referrals SET notes = %s WHERE id = %s", one["notes"], one["id"])

    expected = [with_resource(one, second), with_resource(two, first), with_resource(three, second)]
    expect(client.get("/referrals")).ok(expected)


@task(7, weight=2)
def test_forty_referrals_cost_as_many_statements_as_one(client, hub):
    """GET /referrals runs the same number of SQL statements for forty referrals as for one, and at most six."""
    hub.empty()
    resources = hub.resources([{} for _ in range(40)])
    hub.referral(resources[0]["id"])
    few, listed = hub.counted(lambda: client.get("/referrals"))
    expect(listed).ok([{"id": int, "resource": {"id": int, "name": str}}])
    hub.referrals([{"resource_id": resource["id"]} for resource in resources[1:]])
    many, listed = hub.counted(lambda: client.get("/referrals"))
    expect(listed).ok([{"id": int, "resource": {"id": int, "name": str}}] * 40)

    one, forty = (counted.total(naming=hub.names()) for counted in (few, many))
    grown = f"1 referral takes {statements(one)}, 40 referrals take {statements(forty)}."
    expect.that(one == forty, f"{grown}{most_repeated(many, few)}", listed)
    expect.that(one <= 6, f"The list takes {statements(one)}, expected at most 6.", listed)


@task(7)
def test_listing_referrals_closes_its_session(client, hub):
    """GET /referrals closes its session: no transaction is open after the response."""
    hub.empty()
    referral = hub.referral(hub.resource()["id"])

    hub.leaves_nothing_open(client, lambda: expect(client.get("/referrals")).ok([{"id": referral["id"]}]))
