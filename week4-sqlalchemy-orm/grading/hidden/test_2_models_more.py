"""Task 2, with other rows."""

from classroom import expect, task


@task(2)
def test_each_required_value_left_out_is_refused(client, hub, database):
    """The database rejects a row without a value for a required column."""
    resource = hub.new_resource()
    referral = hub.new_referral(resource_id=hub.resource(**resource)["id"])
    hub.referral(**referral)
    for table, row, required in (
        ("resources", resource, ("name", "category")),
        ("referrals", referral, ("family_name", "resource_id", "referral_date")),
    ):
        for column in required:
            rest = {name: value for name, value in row.items() if name != column}
            insert = f"INSERT INTO {table} ({', '.join(rest)}) VALUES ({', '.join(['%s'] * len(rest))})"
            expect.that(
                database.refuses(insert, *rest.values()),
                f"The database accepts a row without {table}.{column}, which is required.",
            )


@task(2)
def test_optional_values_may_be_null(client, hub, database):
    """The database accepts NULL in each optional column."""
    resource = hub.resource()
    referral = hub.referral(resource["id"])
    for table, row, column in (
        ("resources", resource, "address"),
        ("resources", resource, "contact_email"),
        ("referrals", referral, "notes"),
    ):
        refused = database.refuses(f"UPDATE {table} SET {column} = NULL WHERE id = %s", row["id"])
        expect.that(refused is None, f"{table}.{column} is optional, but NULL was rejected: {refused}.")


@task(2)
def test_a_date_is_a_day_of_the_calendar(client, hub, database):
    """referral_date stores a date unchanged; the database rejects words and impossible dates."""
    resource = hub.resource()
    referral = hub.referral(resource["id"], referral_date="2028-02-29")
    back = database.rows("SELECT referral_date::text AS day FROM referrals WHERE id = %s", referral["id"])[0]["day"]
    expect.that(back == "2028-02-29", f"The date 2028-02-29 was stored as {back}.")

    change = "UPDATE referrals SET referral_date = '{}' WHERE id = %s"
    refused = database.refuses(change.format("2026-10-31"), referral["id"])
    expect.that(refused is None, f"The database rejected the date 2026-10-31: {refused}.")
    for bad in ("2026-02-29", "2026-13-01", "next week"):
        refused = database.refuses(change.format(bad), referral["id"])
        expect.that(refused, f"referral_date accepts '{bad}', which is not a date.")


@task(2)
def test_an_id_is_taken_once(client, hub, database):
    """The database rejects a second row with the same id."""
    resource = hub.resource()
    referral = hub.referral(resource["id"])
    for table, row in (("resources", resource), ("referrals", referral)):
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        insert = f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({places})"
        refused = database.refuses(insert, *(row | {"id": hub.unused_id()}).values())
        expect.that(refused is None, f"The database rejected a row in {table} with an unused id: {refused}.")
        expect.that(
            database.refuses(insert, *row.values()), f"The database accepts two rows in {table} with the same id."
        )


@task(2)
def test_a_hundred_characters_fit(client, hub):
    """Text columns accept a hundred characters in any script."""
    long = ("äöü漢字" + hub.draw.word(100))[:100]
    resource = hub.resource(name=long, category=long, address=long, contact_email=f"{hub.draw.word(88)}@example.org")
    referral = hub.referral(resource["id"], family_name=long, notes=long)
    for row, columns in ((resource, ("name", "category", "address")), (referral, ("family_name", "notes"))):
        for column in columns:
            expect.that(row[column] == long, f"{column} was stored as {row[column]!r}, expected {long!r}.")


@task(2)
def test_a_new_referral_leads_to_a_resource_that_exists(client, hub, database):
    """The database rejects a new referral whose resource does not exist."""
    new = hub.new_referral()
    insert = "INSERT INTO referrals (family_name, referral_date, notes, resource_id) VALUES (%s, %s, %s, %s)"
    values = (new["family_name"], new["referral_date"], new["notes"])
    refused = database.refuses(insert, *values, hub.resource()["id"])
    expect.that(refused is None, f"The database rejected a referral to an existing resource: {refused}.")
    expect.that(
        database.refuses(insert, *values, hub.unused_id()), "The database accepts a referral to an unknown resource."
    )
