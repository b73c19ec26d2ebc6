"""Tasks 2 and 3: the tables, and the first rows. Run in new databases, without the app."""

from classroom import expect, ground, task

SCHEMA = "schema/01_create_tables.sql"
NEW_RESOURCE = "INSERT INTO resources (name, category) VALUES (%s, %s) RETURNING id"
NEW_REFERRAL = "INSERT INTO referrals (family_name, resource_id, referral_date) VALUES (%s, %s, %s) RETURNING id"


def stored(database, sql, *values):
    """Store a row that the task says goes in, and return its id."""
    refused = database.refuses(sql, *values)
    expect.that(refused is None, f"The row {values} has all that is required, and the database says: {refused}.")
    return database.rows(sql, *values)[0]["id"]


def a_resource(database, draw):
    return stored(database, NEW_RESOURCE, draw.word().capitalize(), draw.word().capitalize())


@task(2)
def test_schema_makes_both_tables(schema):
    """schema/01_create_tables.sql runs without an error and makes resources and referrals with all their columns."""
    asked = {
        "resources": ["id", "name", "category", "address", "contact_email"],
        "referrals": ["id", "family_name", "resource_id", "referral_date", "notes"],
    }

    expect.that(schema.outcome.error is None, f"The database says: {schema.outcome.error}")
    for table, names in asked.items():
        expect.that(schema.columns[table], f"There is no table {table} yet.")
        missing = [name for name in names if name not in schema.columns[table]]
        expect.that(not missing, f"The table {table} has no column {', '.join(missing)}.")


@task(2)
def test_id_is_a_primary_key_that_fills_itself(made, draw):
    """In both tables id is the primary key: a row without an id gets a new one, and an id that is taken is refused."""
    keys = made.rows(
        "SELECT c.conrelid::regclass::text AS table, array_agg(a.attname::text) AS columns"
        " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
        " WHERE c.contype = 'p' AND c.conrelid IN (to_regclass('resources'), to_regclass('referrals'))"
        " GROUP BY c.conrelid"
    )
    for table in ("resources", "referrals"):
        expect.that(
            {"table": table, "columns": ["id"]} in keys, f"The primary key of {table} has to be id, and nothing else."
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
        expect.that(whole and one != other, f"Two new rows of {table} got the ids {one!r} and {other!r}.")
        refused = made.refuses(given[table], one + 1000)
        expect.that(refused is None, f"{table} takes no row with an id that is free, the database says: {refused}.")
        expect.that(made.refuses(given[table], one), f"Two rows of {table} may have the same id.")


@task(2)
def test_required_column_left_out_is_refused(made, draw):
    """The database refuses a row in which a required column is left out."""
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
        expect.that(why is None, f"A row of {table} has all that is required, and the database says: {why}.")
        for column in values:
            without = {name: value for name, value in values.items() if name != column}
            expect.that(refused(table, without), f"The database takes a row of {table} without a {column}.")


@task(2)
def test_rows_may_be_alike(made, draw):
    """In both tables, two rows may be alike in everything but their id."""
    resource = {"name": draw.word(), "category": draw.word(), "address": draw.word(), "contact_email": "a@example.org"}
    number = a_resource(made, draw)
    referral = {"family_name": draw.word(), "resource_id": number, "referral_date": "2025-04-06", "notes": draw.word()}

    for table, row in (("resources", resource), ("referrals", referral)):
        new = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))}) RETURNING id"
        first, second = (stored(made, new, *row.values()) for _ in range(2))
        expect.that(first != second, f"Two rows of {table} got the id {first}.")


@task(2)
def test_referral_of_an_unknown_resource_is_refused(made, draw):
    """The database refuses a referral to a resource that does not exist, and an UPDATE to one."""
    number = a_resource(made, draw)
    unknown = number + draw.randint(100, 900)
    family, day = draw.word(), "2025-07-02"

    referral = stored(made, NEW_REFERRAL, family, number, day)

    expect.that(
        made.refuses(NEW_REFERRAL, family, unknown, day),
        "The database takes a referral to a resource that is not there.",
    )
    move = "UPDATE referrals SET resource_id = %s WHERE id = %s"
    expect.that(
        made.refuses(move, unknown, referral), "A referral may be moved to a resource that is not there by an UPDATE."
    )


@task(2)
def test_referral_date_is_a_date(made, draw):
    """referral_date keeps a day, and the database refuses a text that is none and a day that does not exist."""
    number = a_resource(made, draw)
    family = draw.word()

    referral = stored(made, NEW_REFERRAL, family, number, "2024-02-29")

    kept = made.rows("SELECT referral_date::text AS day FROM referrals WHERE id = %s", referral)[0]["day"]
    expect.that(kept == "2024-02-29", f"The day 2024-02-29 is kept as {kept}.")
    for day in ("next week", "2025-02-30"):
        refused = made.refuses(NEW_REFERRAL, family, number, day)
        expect.that(refused, f"The database takes {day!r} for a day.")


def shape(database):
    """Columns and constraints of the two tables, whatever the constraints are called."""
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
    """Running schema/01_create_tables.sql again gives no error, changes nothing and loses no row."""
    number = a_resource(made, draw)
    stored(made, NEW_REFERRAL, draw.word(), number, "2025-11-30")
    before = shape(made), schema.rows()

    outcome = made.script(submission.read(SCHEMA))

    expect.that(outcome.error is None, f"The second time, the database says: {outcome.error}")
    expect.that(shape(made) == before[0], "After the second time the tables have other columns or constraints.")
    expect.that(schema.rows() == before[1], "After the second time the tables hold other rows.")
    later = a_resource(made, draw)
    expect.that(later > number, f"After the second time a new row gets the id {later}, the one before had {number}.")


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
    expect.that(found, f"The seed has put no row into {table} yet.")
    for one, other in zip(found, expected, strict=False):
        expect.that(one == other, f"In {table} there is {one}, expected {other}.")
    expect.that(len(found) == len(expected), f"In {table} there are {len(found)} rows, expected {len(expected)}.")


@task(3)
def test_seed_inserts_the_resources(seeded):
    """schema/02_seed_data.sql puts the five resources of its comments into new tables, with their ids."""
    same("resources", seeded.resources, RESOURCES)


@task(3)
def test_seed_inserts_the_referrals(seeded):
    """schema/02_seed_data.sql puts the six referrals of its comments into new tables, with their ids."""
    # A column that keeps more than the day belongs to task 2.
    same("referrals", [(*row[:3], row[3][:10], row[4]) for row in seeded.referrals], REFERRALS)


@task(3)
def test_row_after_the_seed_gets_a_new_id(seeded, draw):
    """A row that is created after the seed, in either table, gets an id that is free."""
    ground(seeded.resources and seeded.referrals, task=3)
    taken = {"resources": {row[0] for row in seeded.resources}, "referrals": {row[0] for row in seeded.referrals}}
    for table, sql, values in (
        ("resources", NEW_RESOURCE, (draw.word(), "Food")),
        ("referrals", NEW_REFERRAL, (draw.word(), seeded.resources[0][0], "2025-06-01")),
    ):
        refused = seeded.database.refuses(sql, *values)

        expect.that(refused is None, f"The next row of {table} does not go in, the database says: {refused}.")
        number = seeded.database.rows(sql, *values)[0]["id"]
        expect.that(number not in taken[table], f"The next row of {table} got the id {number} again.")
