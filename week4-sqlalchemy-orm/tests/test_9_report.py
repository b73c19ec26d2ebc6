"""Task 9: the database counts."""

from classroom import expect, task


def line(category, resources, referrals):
    """Return a line of the report."""
    return {"category": category, "resources": resources, "referrals": referrals}


@task(9)
def test_report_counts_each_category(client, hub):
    """GET /reports/categories counts the resources and referrals of each category, in alphabetical order."""
    hub.empty()
    first, second, third = hub.resources([{"category": kind} for kind in ("Housing", "Food", "Housing")])
    hub.referrals([{"resource_id": each["id"]} for each in (first, first, first, second, third)])

    expect(client.get("/reports/categories")).ok([line("Food", 1, 1), line("Housing", 2, 4)])


@task(9)
def test_report_shows_a_zero(client, hub):
    """GET /reports/categories includes categories without referrals, with a count of 0."""
    hub.empty()
    busy, _, _ = hub.resources([{"category": kind} for kind in ("Shelter", "Health", "Health")])
    hub.referral(busy["id"])

    expect(client.get("/reports/categories")).ok([line("Health", 2, 0), line("Shelter", 1, 1)])


@task(9)
def test_report_is_counted_by_the_database(client, hub):
    """GET /reports/categories runs one SQL statement, which returns one row for each category."""
    hub.empty()
    made = hub.resources([{"category": kind} for kind in ("Food", "Health", "Food", "Legal", "Food", "Health")])
    hub.referrals([{"resource_id": each["id"]} for each in made for _ in range(2)])

    counted, answer = hub.counted(lambda: client.get("/reports/categories"))

    expect(answer).ok([line("Food", 3, 6), line("Health", 2, 4), line("Legal", 1, 2)])
    names = hub.names()
    calls = counted.total(naming=names)
    expect.that(calls == 1, f"The report runs {calls} SQL statements, expected 1: let the database count.", answer)
    rows = counted.rows(naming=names)
    expect.that(rows == 3, f"The database returns {rows} rows, expected 3: one for each category.", answer)


@task(9)
def test_the_report_closes_its_session(client, hub):
    """GET /reports/categories closes its session: no transaction is open after the response."""
    hub.empty()
    hub.resource(category="Food")

    hub.leaves_nothing_open(client, lambda: expect(client.get("/reports/categories")).ok([line("Food", 1, 0)]))
