"""Task 2: two models, two tables."""

from classroom import expect, task

RESOURCE = {"id", "name", "category", "address", "contact_email"}
REFERRAL = {"id", "family_name", "resource_id", "referral_date", "notes"}


def columns(database, table):
    """The names of a table's columns; a failure where there is no such table."""
    found = database.rows(
        "SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        table,
    )
    expect.that(found, f"After the app has started there is no table {table}.")
    return {row["name"] for row in found}


def keys(database, table, kind):
    """The columns of a table's primary key (kind p) or of its foreign keys (kind f), one list for each."""
    return database.rows(
        "SELECT array_agg(a.attname ORDER BY a.attnum)::text[] AS columns, c.confrelid::regclass::text AS target"
        " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)"
        " WHERE c.conrelid = to_regclass(%s) AND c.contype = %s GROUP BY c.oid, c.confrelid",
        table,
        kind,
    )


@task(2)
def test_both_tables_have_their_columns(client, database):
    """The tables resources and referrals are there after the start, with all their columns."""
    for table, asked in (("resources", RESOURCE), ("referrals", REFERRAL)):
        missing = asked - columns(database, table)
        expect.that(not missing, f"The table {table} lacks the column {', '.join(sorted(missing))}.")


@task(2)
def test_id_is_the_primary_key_and_fills_itself(client, hub, database):
    """Each table has the primary key id, and a row that goes in without an id gets one."""
    for table in ("resources", "referrals"):
        columns(database, table)
        primary = [key["columns"] for key in keys(database, table, "p")]
        expect.that(primary == [["id"]], f"The primary key of {table} is {primary or 'missing'}, expected id.")
    insert = "INSERT INTO resources (name, category) VALUES (%s, %s)"
    refused = database.refuses(insert, hub.draw.word(), "Food")
    expect.that(refused is None, f"{insert} is refused: {refused}.")
    insert = "INSERT INTO referrals (family_name, resource_id, referral_date) VALUES (%s, %s, %s)"
    refused = database.refuses(insert, hub.draw.word(), hub.resource()["id"], hub.day())
    expect.that(refused is None, f"{insert} is refused: {refused}.")


@task(2)
def test_what_is_required_is_refused_when_it_is_null(client, hub, database):
    """The database refuses a row without a required value, and takes one without the optional ones."""
    resource = hub.resource(address=None, contact_email=None)
    referral = hub.referral(resource["id"], notes=None)
    for table, row, column in (
        ("resources", resource, "name"),
        ("resources", resource, "category"),
        ("referrals", referral, "family_name"),
        ("referrals", referral, "resource_id"),
        ("referrals", referral, "referral_date"),
    ):
        refused = database.refuses(f"UPDATE {table} SET {column} = NULL WHERE id = %s", row["id"])
        expect.that(refused, f"{table}.{column} can be NULL, but it is required.")


@task(2)
def test_rows_may_be_alike(client, hub):
    """The tables take two resources of one name, and two referrals of one family to one resource."""
    first = hub.resource()
    second = hub.resource(**{name: first[name] for name in first if name != "id"})
    expect.that(first["id"] != second["id"], "Two resources got one id.")
    again = {"family_name": hub.draw.word().title(), "referral_date": hub.day(), "notes": None}
    hub.referrals([{"resource_id": first["id"], **again} for _ in range(2)])


@task(2)
def test_a_referral_leads_to_a_resource_that_exists(client, hub, database):
    """The database refuses a referral to a resource that does not exist, whoever writes it."""
    resource = hub.resource()
    referral = hub.referral(resource["id"])
    expect.that(
        any(
            key["columns"] == ["resource_id"] and key["target"] == "resources"
            for key in keys(database, "referrals", "f")
        ),
        "referrals has no foreign key from resource_id to resources.",
    )
    refused = database.refuses("UPDATE referrals SET resource_id = %s WHERE id = %s", hub.unused_id(), referral["id"])
    expect.that(refused, "A referral can be turned to a resource that does not exist.")


@task(2)
def test_referral_date_is_a_date(client, hub, database):
    """The database accepts a day of the calendar as a referral_date, and rejects other text and impossible days."""
    referral = hub.referral(hub.resource()["id"])
    change = "UPDATE referrals SET referral_date = '{}' WHERE id = %s"
    refused = database.refuses(change.format(hub.day()), referral["id"])
    expect.that(refused is None, f"A day of 2026 is rejected: {refused}.")
    for bad in (hub.draw.word(), "2026-02-30"):
        expect.that(database.refuses(change.format(bad), referral["id"]), f"referral_date can be '{bad}'.")


@task(2)
def test_an_index_begins_with_resource_id(client, database):
    """The referrals of a resource are found by an index that begins with referrals.resource_id."""
    columns(database, "referrals")
    found = database.rows(
        "SELECT a.attname AS first FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = to_regclass('referrals') AND i.indpred IS NULL"
    )
    expect.that("resource_id" in {row["first"] for row in found}, "No index on referrals begins with resource_id.")
