"""Tasks 2 and 3 with more invalid rows, each next to a valid one."""

from classroom import expect, ground, task

SCHEMA = "schema/01_create_tables.sql"
NEW_RESOURCE = "INSERT INTO resources (name, category, address, contact_email) VALUES (%s, %s, %s, %s) RETURNING id"
NEW_REFERRAL = (
    "INSERT INTO referrals (family_name, resource_id, referral_date, notes) VALUES (%s, %s, %s, %s) RETURNING id"
)


def stored(database, sql, *values):
    refused = database.refuses(sql, *values)
    expect.that(refused is None, f"{SCHEMA}: a valid row is rejected: {refused}.")
    return database.rows(sql, *values)[0]["id"]


@task(2)
def test_null_where_a_value_is_required_is_refused(made, draw):
    """The database rejects NULL in a required column, on both INSERT and UPDATE."""
    resource = stored(made, NEW_RESOURCE, draw.word(), draw.word(), None, None)
    stored(made, NEW_REFERRAL, draw.word(), resource, "2024-08-01", None)
    new = {
        "resources": {"name": "A", "category": "B"},
        "referrals": {"family_name": "C", "resource_id": resource, "referral_date": "2024-08-01"},
    }
    for table, row in new.items():
        insert = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"
        refused = made.refuses(insert, *row.values())
        expect.that(refused is None, f"{SCHEMA}: a valid row in {table} is rejected: {refused}.")
        for column in row:
            refused = made.refuses(insert, *(row | {column: None}).values())
            expect.that(refused, f"{SCHEMA}: {table}.{column} accepts NULL.")
            refused = made.refuses(f"UPDATE {table} SET {column} = NULL")
            expect.that(refused, f"{SCHEMA}: an UPDATE can set {table}.{column} to NULL.")


@task(2)
def test_rows_of_many_kinds_go_in(made, draw):
    """The tables accept long names, duplicate names, text in any alphabet, and NULL in optional columns."""
    long = (draw.word(9).capitalize() + " ") * 9 + draw.word(9)
    texts = [long, "Küche für alle", "O'Brien; -- 100%", '"quoted" \\ back', "食堂"]
    ids = [stored(made, NEW_RESOURCE, text, draw.word().capitalize(), text, None) for text in texts]
    email = ".".join(draw.word(9) for _ in range(5)) + "@example.org"
    ids.append(stored(made, NEW_RESOURCE, "A", "Food", None, email))
    expect.that(len(set(ids)) == len(ids), f"New rows of resources got the ids {ids}, expected different ones.")
    kept = made.rows("SELECT name, address FROM resources WHERE id = ANY (%s) ORDER BY id", ids[:-1])
    expect.that(len(kept) == len(texts), f"{len(texts)} rows were stored, but {len(kept)} are in the table.")
    for text, row in zip(texts, kept, strict=False):
        expect.that(row == {"name": text, "address": text}, f"The text {text!r} is stored as {row}.")

    family = draw.word()
    for day in ("1999-12-31", "2024-02-29", "2026-01-08"):
        stored(made, NEW_REFERRAL, family, ids[0], day, long)
        stored(made, NEW_REFERRAL, family, ids[0], day, None)
    days = made.rows(
        "SELECT DISTINCT referral_date::text AS day FROM referrals WHERE family_name = %s ORDER BY 1", family
    )
    expect.that(
        [row["day"] for row in days] == ["1999-12-31", "2024-02-29", "2026-01-08"], f"The days are stored as {days}."
    )


@task(2)
def test_day_that_is_none_is_refused(made, draw):
    """The database rejects impossible dates, on both INSERT and UPDATE."""
    resource = stored(made, NEW_RESOURCE, draw.word(), draw.word(), None, None)
    referral = stored(made, NEW_REFERRAL, draw.word(), resource, "2026-01-10", None)

    change = "UPDATE referrals SET referral_date = %s WHERE id = %s"
    refused = made.refuses(change, "2026-01-11", referral)
    expect.that(refused is None, f"A valid UPDATE of referral_date is rejected: {refused}.")
    for day in ("2025-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "soon"):
        expect.that(
            made.refuses(NEW_REFERRAL, "A", resource, day, None), f"{SCHEMA}: referrals.referral_date accepts {day!r}."
        )
        expect.that(made.refuses(change, day, referral), f"{SCHEMA}: an UPDATE can set referral_date to {day!r}.")


@task(2)
def test_no_referral_is_ever_left_without_its_resource(made, draw):
    """A referral always points to an existing resource: after an INSERT, an UPDATE, or a DELETE of the resource."""
    resource = stored(made, NEW_RESOURCE, draw.word(), draw.word(), None, None)
    other = stored(made, NEW_RESOURCE, draw.word(), draw.word(), None, None)
    referral = stored(made, NEW_REFERRAL, draw.word(), resource, "2025-10-05", None)
    move = "UPDATE referrals SET resource_id = %s WHERE id = %s"

    refused = made.refuses(move, other, referral)
    expect.that(refused is None, f"A valid UPDATE of resource_id is rejected: {refused}.")
    for unknown in (max(resource, other) + 1000, 7_000, 0):
        expect.that(
            made.refuses(NEW_REFERRAL, "A", unknown, "2025-10-05", None),
            f"{SCHEMA}: referrals.resource_id accepts {unknown}, but there is no such resource.",
        )
        expect.that(
            made.refuses(move, unknown, referral),
            f"{SCHEMA}: an UPDATE can set resource_id to {unknown}, but there is no such resource.",
        )
    delete = "DELETE FROM resources WHERE id = %s"
    if made.refuses(delete, resource) is None:
        made.run(delete, resource)
    orphans = made.rows(
        "SELECT id FROM referrals WHERE resource_id IS NULL OR resource_id NOT IN (SELECT id FROM resources)"
    )
    expect.that(not orphans, "A resource was deleted, but a referral still points to it.")


@task(2)
def test_schema_may_run_many_times(schema, made, submission, draw):
    """schema/01_create_tables.sql can run any number of times: it changes no rows, and new rows get unused ids."""
    resource = stored(made, NEW_RESOURCE, draw.word(), draw.word(), None, None)
    stored(made, NEW_REFERRAL, draw.word(), resource, "2025-12-24", draw.word())
    seen = {resource}
    for _ in range(3):
        before = schema.rows()

        outcome = made.script(submission.read(SCHEMA))

        expect.that(outcome.error is None, f"{SCHEMA} fails when it runs again: {outcome.error}")
        expect.that(schema.rows() == before, "Running the schema again changed rows.")
        number = stored(made, NEW_RESOURCE, draw.word(), draw.word(), None, None)
        expect.that(number not in seen, f"The id {number} was given twice.")
        seen.add(number)


@task(3)
def test_many_rows_after_the_seed_get_new_ids(seeded, draw):
    """After the seed, both tables accept rows without an id, and each row gets an unused one."""
    rows = seeded.database.rows
    known = {table: {row["id"] for row in rows(f"SELECT id FROM {table}")} for table in ("resources", "referrals")}
    ground(all(known.values()), task=3)
    for _ in range(8):
        for table, sql, values in (
            ("resources", NEW_RESOURCE, (draw.word(), "Food", None, None)),
            ("referrals", NEW_REFERRAL, (draw.word(), min(known["resources"]), "2025-06-02", None)),
        ):
            refused = seeded.database.refuses(sql, *values)
            expect.that(refused is None, f"After the seed, a row in {table} is rejected: {refused}.")
            number = seeded.database.rows(sql, *values)[0]["id"]
            expect.that(
                number not in known[table], f"After the seed, a row in {table} got the id {number}, which is in use."
            )
            known[table].add(number)
