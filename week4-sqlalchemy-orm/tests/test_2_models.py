"""Task 2: two models, two tables."""

from classroom import DatabaseError, expect, task
from support.tables import missing_table

RESOURCE = {"id", "name", "category", "address", "contact_email"}
REFERRAL = {"id", "family_name", "resource_id", "referral_date", "notes"}


def columns(database, table):
    """Return the names of a table's columns; fail if there is no such table."""
    found = database.rows(
        "SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        table,
    )
    expect.that(found, missing_table(database, table))
    return {row["name"] for row in found}


def keys(database, table, kind):
    """Return the columns of a table's primary key (kind p) or foreign keys (kind f), one list for each key."""
    return database.rows(
        "SELECT array_agg(a.attname ORDER BY a.attnum)::text[] AS columns, c.confrelid::regclass::text AS target"
        " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)"
        " WHERE c.conrelid = to_regclass(%s) AND c.contype = %s GROUP BY c.oid, c.confrelid",
        table,
        kind,
    )


@task(2)
def test_both_tables_have_their_columns(client, database):
    """After the app has started, the resources and referrals tables exist, with all their columns."""
    for table, asked in (("resources", RESOURCE), ("referrals", REFERRAL)):
        found = columns(database, table)
        missing = ", ".join(sorted(asked - found))
        others = "".join(f" It has a column {name}." for name in sorted(found - asked))
        expect.that(not missing, f"The {table} table has no column {missing}.{others}")


@task(2)
def test_id_is_the_primary_key_and_fills_itself(client, hub, database):
    """Each table has id as its primary key, and the database assigns an id to a row inserted without one."""
    for table in ("resources", "referrals"):
        columns(database, table)
        primary = [key["columns"] for key in keys(database, table, "p")]
        named = " and ".join(", ".join(key) for key in primary) or "missing"
        expect.that(primary == [["id"]], f"The primary key of {table} is {named}, expected id.")
    insert = "INSERT INTO resources (name, category) VALUES (%s, %s)"
    refused = database.refuses(insert, hub.name.place(), "Food")
    expect.that(refused is None, f"The database rejected a resource with name and category only: {refused}.")
    insert = "INSERT INTO referrals (family_name, resource_id, referral_date) VALUES (%s, %s, %s)"
    refused = database.refuses(insert, hub.name.family(), hub.resource()["id"], hub.day())
    expect.that(refused is None, f"The database rejected a referral without id and notes: {refused}.")


@task(2)
def test_what_is_required_is_refused_when_it_is_null(client, hub, database):
    """The database rejects NULL in a required column, and accepts it in address, contact_email and notes."""
    resource = accepted(hub.resource, "NULL in address and contact_email", address=None, contact_email=None)
    referral = accepted(hub.referral, "NULL in notes", resource_id=resource["id"], notes=None)
    for table, row, column in (
        ("resources", resource, "name"),
        ("resources", resource, "category"),
        ("referrals", referral, "family_name"),
        ("referrals", referral, "resource_id"),
        ("referrals", referral, "referral_date"),
    ):
        refused = database.refuses(f"UPDATE {table} SET {column} = NULL WHERE id = %s", row["id"])
        expect.that(refused, f"{table}.{column} can be NULL, but it is required.")


def accepted(insert, what, **fields):
    """Insert a valid row and return it; if the database rejects it, fail with the database's message."""
    try:
        return insert(**fields)
    except DatabaseError as error:
        expect.that(False, f"The database rejected {what}: {str(error).rsplit('`: ', 1)[-1]}.")


@task(2)
def test_rows_may_be_alike(client, hub):
    """The database accepts two resources with the same values, and two referrals with the same values."""
    first = hub.resource()
    again = {name: first[name] for name in first if name != "id"}
    second = accepted(hub.resource, "a second resource with the same values", **again)
    expect.that(first["id"] != second["id"], "Two resources have the same id.")
    again = {"family_name": hub.name.family(), "referral_date": hub.day(), "notes": None}
    for _ in range(2):
        accepted(
            hub.referral,
            "a second referral with the same values",
            resource_id=first["id"],
            **again,
        )


@task(2)
def test_a_referral_leads_to_a_resource_that_exists(client, hub, database):
    """resource_id is a foreign key: the database rejects a referral whose resource does not exist."""
    resource = hub.resource()
    referral = hub.referral(resource["id"])
    expect.that(
        any(
            key["columns"] == ["resource_id"] and key["target"] == "resources"
            for key in keys(database, "referrals", "f")
        ),
        "referrals.resource_id is not a foreign key to resources.",
    )
    refused = database.refuses("UPDATE referrals SET resource_id = %s WHERE id = %s", hub.unused_id(), referral["id"])
    expect.that(refused, "A referral's resource_id can be changed to a resource that does not exist.")


@task(2)
def test_referral_date_is_a_date(client, hub, database):
    """The database accepts a date as referral_date, and rejects impossible dates and text that is not a date."""
    referral = hub.referral(hub.resource()["id"])
    change = "UPDATE referrals SET referral_date = '{}' WHERE id = %s"
    refused = database.refuses(change.format(hub.day()), referral["id"])
    expect.that(refused is None, f"The database rejected a date in 2026 as referral_date: {refused}.")
    for bad in ("soon", "2026-02-30"):
        refused = database.refuses(change.format(bad), referral["id"])
        expect.that(refused, f"referral_date accepts '{bad}', which is not a date.")


@task(2)
def test_an_index_begins_with_resource_id(client, database):
    """The referrals table has an index whose first column is resource_id."""
    columns(database, "referrals")
    found = database.rows(
        "SELECT a.attname AS first FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = to_regclass('referrals') AND i.indpred IS NULL"
    )
    expect.that(
        "resource_id" in {row["first"] for row in found},
        "No index on the referrals table begins with resource_id. A foreign key does not create one.",
    )
