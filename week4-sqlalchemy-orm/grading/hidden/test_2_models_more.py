"""Task 2, with other rows."""

from classroom import expect, task


@task(2)
def test_each_required_value_left_out_is_refused(client, hub, database):
    """The database refuses a row in which a required value is left out."""
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
            expect.that(database.refuses(insert, *rest.values()), f"A row without {table}.{column} goes in.")


@task(2)
def test_optional_values_may_be_null(client, hub, database):
    """The database takes rows whose optional values are NULL, each by itself too."""
    resource = hub.resource()
    referral = hub.referral(resource["id"])
    for table, row, column in (
        ("resources", resource, "address"),
        ("resources", resource, "contact_email"),
        ("referrals", referral, "notes"),
    ):
        refused = database.refuses(f"UPDATE {table} SET {column} = NULL WHERE id = %s", row["id"])
        expect.that(refused is None, f"{table}.{column} is optional, but NULL is refused: {refused}.")


@task(2)
def test_a_date_is_a_day_of_the_calendar(client, hub, database):
    """The database refuses a word and a day that does not exist as a date, and gives a day back as it was."""
    resource = hub.resource()
    referral = hub.referral(resource["id"], referral_date="2028-02-29")
    back = database.rows("SELECT referral_date::text AS day FROM referrals WHERE id = %s", referral["id"])[0]["day"]
    expect.that(back == "2028-02-29", f"The day 2028-02-29 comes back as {back}.")

    change = "UPDATE referrals SET referral_date = '{}' WHERE id = %s"
    refused = database.refuses(change.format("2026-10-31"), referral["id"])
    expect.that(refused is None, f"The day 2026-10-31 is refused: {refused}.")
    for bad in ("2026-02-29", "2026-13-01", hub.draw.word()):
        expect.that(database.refuses(change.format(bad), referral["id"]), f"{bad} is taken for a date.")


@task(2)
def test_an_id_is_taken_once(client, hub, database):
    """The database refuses an id that another row has."""
    resource = hub.resource()
    referral = hub.referral(resource["id"])
    for table, row in (("resources", resource), ("referrals", referral)):
        names, places = ", ".join(row), ", ".join(["%s"] * len(row))
        insert = f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({places})"
        refused = database.refuses(insert, *(row | {"id": hub.unused_id()}).values())
        expect.that(refused is None, f"A row of {table} with an id of its own is refused: {refused}.")
        expect.that(database.refuses(insert, *row.values()), f"Two rows of {table} may have one id.")


@task(2)
def test_a_hundred_characters_fit(client, hub):
    """The text columns take a hundred characters, of any script."""
    long = ("äöü漢字" + hub.draw.word(100))[:100]
    resource = hub.resource(name=long, category=long, address=long, contact_email=f"{hub.draw.word(88)}@example.org")
    referral = hub.referral(resource["id"], family_name=long, notes=long)
    for row, columns in ((resource, ("name", "category", "address")), (referral, ("family_name", "notes"))):
        for column in columns:
            expect.that(row[column] == long, f"{column} was stored as {long!r}, and came back as {row[column]!r}.")


@task(2)
def test_a_new_referral_leads_to_a_resource_that_exists(client, hub, database):
    """The database refuses a new referral to a resource that does not exist."""
    new = hub.new_referral()
    insert = "INSERT INTO referrals (family_name, referral_date, notes, resource_id) VALUES (%s, %s, %s, %s)"
    values = (new["family_name"], new["referral_date"], new["notes"])
    refused = database.refuses(insert, *values, hub.resource()["id"])
    expect.that(refused is None, f"A referral to an existing resource is refused: {refused}.")
    expect.that(database.refuses(insert, *values, hub.unused_id()), "A referral to an unknown resource goes in.")
