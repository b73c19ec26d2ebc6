"""Tasks 2 and 3: the tables, and the first rows. Checked in a new database, without the app."""

import re

from classroom import expect, ground, task
from support.differences import rows_difference

SCHEMA = "schema/01_create_tables.sql"
SEED = "schema/02_seed_data.sql"
NEW_RESOURCE = "INSERT INTO resources (name, category) VALUES (%s, %s) RETURNING id"
NEW_REFERRAL = "INSERT INTO referrals (family_name, resource_id, referral_date) VALUES (%s, %s, %s) RETURNING id"


def stored(database, sql, *values):
    """Store a valid row, and return its id."""
    refused = database.refuses(sql, *values)
    expect.that(refused is None, rejected(sql, refused))
    return database.rows(sql, *values)[0]["id"]


def rejected(sql, refused):
    """Return why a valid row was rejected, in terms of the schema."""
    table, error = sql.split()[2], str(refused)
    if 'null value in column "id"' in error:
        return f"{SCHEMA}: the id in {table} is not filled in automatically: a row without an id is rejected ({error})."
    if "duplicate key" in error:
        unique = re.search(r'constraint "(\w+)"', error)
        name = unique[1] if unique else "a constraint"
        return f"{SCHEMA}: two identical rows in {table} must be accepted, but {name} rejects the second. Is something UNIQUE?"
    return f"{SCHEMA}: a valid row in {table} is rejected: {error}."


def a_resource(database, draw):
    return stored(database, NEW_RESOURCE, draw.word().capitalize(), draw.word().capitalize())


@task(2)
def test_schema_makes_both_tables(schema):
    """schema/01_create_tables.sql runs without an error and creates resources and referrals with all their columns."""
    asked = {
        "resources": ["id", "name", "category", "address", "contact_email"],
        "referrals": ["id", "family_name", "resource_id", "referral_date", "notes"],
    }

    expect.that(schema.outcome.error is None, f"{SCHEMA} fails: {schema.outcome.error}")
    for table, names in asked.items():
        expect.that(schema.columns[table], f"There is no {table} table yet.")
        missing = [name for name in names if name not in schema.columns[table]]
        others = sorted(schema.columns[table] - set(names))
        there = f"; it has {', '.join(others)} instead" if others else ""
        expect.that(not missing, f"{SCHEMA}: the {table} table lacks {', '.join(missing)}{there}.")


@task(2)
def test_id_is_a_primary_key_that_fills_itself(made, draw):
    """In both tables, id is the primary key: a row without an id gets a new one, and an id in use is rejected."""
    keys = made.rows(
        "SELECT c.conrelid::regclass::text AS table, array_agg(a.attname::text) AS columns"
        " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
        " WHERE c.contype = 'p' AND c.conrelid IN (to_regclass('resources'), to_regclass('referrals'))"
        " GROUP BY c.conrelid"
    )
    for table in ("resources", "referrals"):
        expect.that(
            {"table": table, "columns": ["id"]} in keys, f"{SCHEMA}: the primary key of {table} must be id alone."
        )

    first, second = a_resource(made, draw), a_resource(made, draw)
    day = "2025-05-17"
    third, fourth = (stored(made, NEW_REFERRAL, draw.word(), first, day) for _ in range(2))

    given = {
        "resources": "INSERT INTO resources (id, name, category) OVERRIDING SYSTEM VALUE VALUES (%s, 'A', 'B')",
        "referrals": "INSERT INTO referrals (id, family_name, resource_id, referral_date) OVERRIDING SYSTEM VALUE"
        f" VALUES (%s, 'A', {first}, '{day}')",
    }
    for one, other, table in ((first, second, "resources"), (third, fourth, "referrals")):
        whole = isinstance(one, int) and isinstance(other, int)
        expect.that(
            whole and one != other,
            f"Two new rows of {table} got the ids {one!r} and {other!r}, expected two different integers.",
        )
        refused = made.refuses(given[table], one + 1000)
        expect.that(refused is None, f"A row in {table} with an unused id is rejected: {refused}.")
        expect.that(made.refuses(given[table], one), f"Two rows in {table} with the same id are accepted.")


@task(2)
def test_required_column_left_out_is_refused(made, draw):
    """The database rejects a row in which a required column is left out."""
    number = a_resource(made, draw)
    tables = {
        "resources": {"name": draw.word(), "category": draw.word()},
        "referrals": {"family_name": draw.word(), "resource_id": number, "referral_date": "2025-03-09"},
    }

    def refused(table, row):
        names = ", ".join(row)
        return made.refuses(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())

    for table, values in tables.items():
        why = refused(table, values)
        expect.that(why is None, rejected(f"INSERT INTO {table}", why))
        for column in values:
            without = {name: value for name, value in values.items() if name != column}
            expect.that(
                refused(table, without),
                f"{SCHEMA}: {table}.{column} can be left out. Is NOT NULL missing, or is there a default?",
            )


@task(2)
def test_rows_may_be_alike(made, draw):
    """In both tables, two rows may be identical except for their id."""
    resource = {"name": draw.word(), "category": draw.word(), "address": draw.word(), "contact_email": "a@example.org"}
    number = a_resource(made, draw)
    referral = {"family_name": draw.word(), "resource_id": number, "referral_date": "2025-04-06", "notes": draw.word()}

    for table, row in (("resources", resource), ("referrals", referral)):
        new = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))}) RETURNING id"
        first, second = (stored(made, new, *row.values()) for _ in range(2))
        expect.that(first != second, f"Two rows in {table} got the same id, {first}.")


@task(2)
def test_referral_of_an_unknown_resource_is_refused(made, draw):
    """The database rejects a referral to a resource that does not exist, on both INSERT and UPDATE."""
    number = a_resource(made, draw)
    unknown = number + draw.randint(100, 900)
    family, day = draw.word(), "2025-07-02"

    referral = stored(made, NEW_REFERRAL, family, number, day)

    expect.that(
        made.refuses(NEW_REFERRAL, family, unknown, day),
        f"{SCHEMA}: referrals.resource_id accepts the id of a resource that does not exist. Is REFERENCES missing?",
    )
    move = "UPDATE referrals SET resource_id = %s WHERE id = %s"
    expect.that(
        made.refuses(move, unknown, referral),
        f"{SCHEMA}: an UPDATE can set referrals.resource_id to a resource that does not exist.",
    )


@task(2)
def test_referral_date_is_a_date(made, draw):
    """referral_date stores a date; the database rejects impossible dates and text that is not a date."""
    number = a_resource(made, draw)
    family = draw.word()

    referral = stored(made, NEW_REFERRAL, family, number, "2024-02-29")

    kept = made.rows("SELECT referral_date::text AS day FROM referrals WHERE id = %s", referral)[0]["day"]
    expect.that(kept == "2024-02-29", f"{SCHEMA}: referral_date stores the day 2024-02-29 as {kept}. Is it a DATE?")
    for day in ("next week", "2025-02-30"):
        refused = made.refuses(NEW_REFERRAL, family, number, day)
        expect.that(refused, f"{SCHEMA}: referrals.referral_date accepts {day!r}. Is it a DATE?")


def shape(database):
    """Return the two tables' columns and constraints, ignoring constraint names."""
    columns = database.rows(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_name IN ('resources', 'referrals') ORDER BY 1, 2"
    )
    constraints = database.rows(
        "SELECT conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS says FROM pg_constraint"
        " WHERE conrelid IN (to_regclass('resources'), to_regclass('referrals')) ORDER BY 1, 2"
    )
    return columns, constraints


@task(2)
def test_schema_runs_again_without_harm(schema, made, submission, draw):
    """Running schema/01_create_tables.sql again causes no error, changes nothing and loses no rows."""
    number = a_resource(made, draw)
    stored(made, NEW_REFERRAL, draw.word(), number, "2025-11-30")
    before = shape(made), schema.rows()

    outcome = made.script(submission.read(SCHEMA))

    expect.that(outcome.error is None, f"{SCHEMA} fails when it runs again: {outcome.error}")
    expect.that(shape(made) == before[0], "The second run changed the columns or constraints of the tables.")
    expect.that(schema.rows() == before[1], "The second run changed the rows of the tables.")
    later = a_resource(made, draw)
    expect.that(later > number, f"After the second run, a new row has the id {later}, but the last one had {number}.")


RESOURCES = [
    (1, "Riverside Food Pantry", "Food", "12 River Road", "pantry@example.org"),
    (2, "Open Door Shelter", "Housing", "4 Station Street", "stay@example.org"),
    (3, "Maple Street Clinic", "Health", "88 Maple Street", None),
    (4, "Second Harvest Kitchen", "Food", None, "kitchen@example.org"),
    (5, "Bright Start Tutoring", "Education", "7 School Lane", "learn@example.org"),
]
REFERRALS = [
    (1, "Alvarez", 1, "2026-01-08", "Weekly box for four"),
    (2, "Brandt", 2, "2026-01-15", None),
    (3, "Chowdhury", 1, "2026-02-02", "Vegetarian"),
    (4, "Dubois", 3, "2026-02-19", "Needs an interpreter"),
    (5, "Eriksen", 4, "2026-03-05", None),
    (6, "Alvarez", 2, "2026-03-21", "Second night"),
]


def same(table, found, expected):
    """Check that a table's rows are those in the list."""
    expect.that(found, f"{SEED} has not inserted any rows into {table} yet.")
    mismatch = rows_difference(found, [dict(zip(found[0], row, strict=True)) for row in expected])
    expect.that(mismatch is None, f"{SEED}: in the {table} table, {mismatch}.")


@task(3)
def test_seed_inserts_the_resources(seeded):
    """schema/02_seed_data.sql inserts the five resources listed in its comments, with their ids."""
    same("resources", seeded.resources, RESOURCES)


@task(3)
def test_seed_inserts_the_referrals(seeded):
    """schema/02_seed_data.sql inserts the six referrals listed in its comments, with their ids."""
    # A column that stores more than the day costs points in task 2 only.
    same("referrals", [row | {"referral_date": row["referral_date"][:10]} for row in seeded.referrals], REFERRALS)


@task(3)
def test_row_after_the_seed_gets_a_new_id(seeded, draw):
    """A row created in either table after the seed has run gets an unused id."""
    ground(seeded.resources and seeded.referrals, task=3)
    taken = {"resources": {row["id"] for row in seeded.resources}, "referrals": {row["id"] for row in seeded.referrals}}
    for table, sql, values in (
        ("resources", NEW_RESOURCE, (draw.word(), "Food")),
        ("referrals", NEW_REFERRAL, (draw.word(), seeded.resources[0]["id"], "2025-06-01")),
    ):
        refused = seeded.database.refuses(sql, *values)

        behind = "duplicate key" in str(refused)
        expect.that(
            not behind, f"The next row in {table} gets an id that is in use: the counter is behind ({refused})."
        )
        expect.that(refused is None, f"The next row in {table} is rejected: {refused}.")
        number = seeded.database.rows(sql, *values)[0]["id"]
        expect.that(number not in taken[table], f"The next row in {table} got the id {number}, which is in use.")
