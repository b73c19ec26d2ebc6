"""Task 9, with more categories."""

from classroom import expect, task


def line(category, resources, referrals):
    """Return a line of the report."""
    return {"category": category, "resources": resources, "referrals": referrals}


@task(9, weight=2)
def test_report_over_many_categories_is_one_statement(client, hub):
    """GET /reports/categories counts a dozen categories in one SQL statement, which returns one row for each."""
    hub.empty()
    kinds = sorted({hub.draw.word().title() for _ in range(12)})
    resources = hub.resources(
        sorted(({"category": kind} for kind in kinds for _ in range(hub.draw.randint(1, 4))), key=str)[::-1]
    )
    referrals = hub.referrals([{"resource_id": hub.draw.one_of(resources)["id"]} for _ in range(60)])
    expected = [
        line(
            kind,
            sum(resource["category"] == kind for resource in resources),
            sum(
                resource["category"] == kind and resource["id"] == referral["resource_id"]
                for resource in resources
                for referral in referrals
            ),
        )
        for kind in kinds
    ]

    counted, answer = hub.counted(lambda: client.get("/reports/categories"))

    expect(answer).ok(expected)
    names = hub.names()
    calls = counted.total(naming=names)
    expect.that(calls == 1, f"The report runs {calls} SQL statements, expected 1: let the database count.", answer)
    rows = counted.rows(naming=names)
    expect.that(
        rows == len(kinds), f"The database returns {rows} rows, expected {len(kinds)}: one for each category.", answer
    )


@task(9)
def test_report_of_nothing_is_empty(client, hub):
    """GET /reports/categories returns an empty list if there are no resources."""
    hub.empty()
    expect(client.get("/reports/categories")).ok([])
    hub.resource(category="Food")
    expect(client.get("/reports/categories")).ok([line("Food", 1, 0)])


@task(9)
def test_report_counts_each_resource_once(client, hub):
    """GET /reports/categories counts a resource once, no matter how many referrals it has."""
    hub.empty()
    busy, other, _ = hub.resources([{"category": kind} for kind in ("Legal", "Clothing", "Legal")])
    hub.referrals([{"resource_id": busy["id"], "family_name": "Same", "referral_date": "2026-01-31"} for _ in range(9)])
    hub.referral(other["id"], notes=None)

    expect(client.get("/reports/categories")).ok([line("Clothing", 1, 1), line("Legal", 2, 9)])


@task(9)
def test_report_is_up_to_date(client, hub, database):
    """GET /reports/categories is up to date after a change and after a delete."""
    hub.empty()
    first, second = hub.resources([{"category": "Food"}, {"category": "Food"}])
    referral = hub.referral(first["id"])
    expect(client.get("/reports/categories")).ok([line("Food", 2, 1)])

    database.run("UPDATE resources SET category = 'Health' WHERE id = %s", second["id"])
    database.run("DELETE FROM referrals WHERE id = %s", referral["id"])

    expect(client.get("/reports/categories")).ok([line("Food", 1, 0), line("Health", 1, 0)])
