"""What the checks of this week share: the app's tables seen past the app, and tables of the course's own."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from classroom import expect, ground
from classroom.checks.draw import Draw
from classroom.checks.fixtures import Files

SCHEMA = "schema/01_create_tables.sql"
SEED = "schema/02_seed_data.sql"
RESOURCE = ("id", "name", "category", "address", "contact_email")
REFERRAL = ("id", "family_name", "resource_id", "referral_date", "notes")
COLUMNS = {"resources": RESOURCE, "referrals": REFERRAL}
# Ids of the course's own rows. They stay below what a SMALLINT holds, and above what a counter reaches in a run.
OWN_IDS = range(10_000, 30_000)
# What no answer shows: the names of drivers, and words of which a statement, an error or a traceback consists.
LEAKS = (
    "psycopg",
    "asyncpg",
    "sqlalchemy",
    "Traceback",
    'File "',
    "INSERT INTO",
    "UPDATE resources",
    "UPDATE referrals",
    "DELETE FROM",
    "DETAIL:",
    "LINE 1:",
    "foreign key constraint",
    "not-null constraint",
    "check constraint",
    "unique constraint",
    "date/time field value",
    "invalid input syntax",
    "SELECT ",
    "PL/pgSQL",
    "RAISE",
    "pg_",
)
COUNTERS = {"resources": (200, 4_000), "referrals": (5_000, 9_000)}


def columns_of(database):
    """The columns of each of the two tables; an empty set where there is none."""
    rows = database.rows(
        "SELECT name, attname FROM unnest(%s::text[]) AS name"
        " JOIN pg_attribute ON attrelid = to_regclass(name) AND attnum > 0",
        [*COLUMNS],
    )
    return {table: {row["attname"] for row in rows if row["name"] == table} for table in COLUMNS}


def next_count(database, table, least):
    """Move the counter of a table's id on to `least`, where it is not that far and there is one."""
    database.rows(
        "SELECT setval(counter, %s) FROM pg_get_serial_sequence(%s, 'id') AS counter"
        " WHERE coalesce(pg_sequence_last_value(counter::regclass), 0) < %s AND counter IS NOT NULL",
        least,
        table,
        least,
    )


def texts_in(body):
    """The values in a JSON body, however deeply they are nested."""
    if isinstance(body, dict | list):
        return {text for part in (body.values() if isinstance(body, dict) else body) for text in texts_in(part)}
    return {body}


def insert(database, table, rows):
    """Store rows as the course, with ids that are given; that they go in is ground that task 2 makes."""
    one = f"({', '.join(['%s'] * len(rows[0]))})"
    sql = f"INSERT INTO {table} ({', '.join(rows[0])}) OVERRIDING SYSTEM VALUE VALUES {', '.join([one] * len(rows))}"
    values = [value for row in rows for value in row.values()]
    ground(database.refuses(sql, *values, keep=True) is None, task=2)


class Hub:
    """The two tables of the running app, written and read past the app."""

    def __init__(self, database, draw):
        self.database = database
        self.draw = draw
        self._there = columns_of(database)
        self._tables = set()
        self._taken = None

    def table(self, table):
        """Name a table of the student's that is there with all its columns."""
        if table not in self._tables:
            ground(self._there[table] >= set(COLUMNS[table]), task=2)
            # A seed that leaves the counter behind costs task 3, and no create of a later task.
            next_count(self.database, table, self.draw.randint(*COUNTERS[table]))
            self._tables.add(table)
        return table

    def ids(self, count):
        """So many ids that no row of either table has or has had in this check, the lowest first."""
        if self._taken is None:
            there = [f"SELECT id::text FROM {name}" for name in COLUMNS if "id" in self._there[name]]
            self._taken = {row["id"] for row in self.database.rows(" UNION ALL ".join(there))}
        found = []
        while len(found) < count:
            one = self.draw.one_of(OWN_IDS)
            if str(one) not in self._taken:
                self._taken.add(str(one))
                found.append(one)
        return sorted(found)

    def name(self):
        """A name that nobody has yet."""
        return f"{self.draw.word().capitalize()} {self.draw.one_of(['House', 'Centre', 'Corner', 'Kitchen'])}"

    def new(self, **values):
        """What a client may send to create a resource, all fields filled; `values` take the place of drawn ones."""
        word = self.draw.word()
        return {
            "name": self.name(),
            "category": self.draw.word().capitalize(),
            "address": f"{self.draw.randint(1, 99)} {word.capitalize()} Road",
            "contact_email": f"{word}@example.org",
        } | values

    def new_referral(self, **values):
        """What a client may send to create a referral, all fields filled."""
        return {
            "family_name": self.draw.word().capitalize(),
            "referral_date": self.day(),
            "notes": f"Asks for {self.draw.word()}",
        } | values

    def day(self):
        """A day."""
        return f"{self.draw.randint(2024, 2025)}-{self.draw.randint(1, 12):02}-{self.draw.randint(1, 28):02}"

    def resource(self, **values):
        """Store a resource and return the row."""
        row = {"id": self.ids(1)[0], **self.new(**values)}
        insert(self.database, self.table("resources"), [row])
        return row

    def referral(self, resource, **values):
        """Store a referral to a resource and return the row."""
        row = {"id": self.ids(1)[0], "resource_id": resource["id"], **self.new_referral(**values)}
        insert(self.database, self.table("referrals"), [row])
        return row

    def mixed(self, rows):
        """Store resources so that the order in which they lie in the table is not that of their ids."""
        rows = [{"id": one, **row} for one, row in zip(self.ids(len(rows)), rows, strict=True)]
        insert(self.database, self.table("resources"), self.draw.sample(rows, len(rows)))
        self.touch("resources", rows[0]["id"])
        return rows

    def neighbors(self, row):
        """Store resources that share a value with this one: each column's in turn, then all of them but the id."""
        shared = {name: row[name] for name in RESOURCE if name != "id"}
        for name, value in shared.items():
            self.resource(**{name: value})
        self.resource(**shared)

    def touch(self, table, number):
        """Update a row without changing it: it now lies behind all others."""
        column = COLUMNS[table][1]
        self.database.run(f"UPDATE {self.table(table)} SET {column} = {column} WHERE id = %s", number)

    def resources(self, **where):
        """The stored resources by id."""
        return self._rows("resources", RESOURCE, where)

    def referrals(self, **where):
        """The stored referrals by id."""
        return self._rows("referrals", REFERRAL, where)

    def _rows(self, table, columns, where):
        shown = ", ".join(f"{name}::text AS {name}" if name == "referral_date" else name for name in columns)
        condition = " AND ".join(f"{name} = %s" for name in where) or "true"
        return self.database.rows(
            f"SELECT {shown} FROM {self.table(table)} WHERE {condition} ORDER BY id", *where.values()
        )

    def safe(self, answer, secret):
        """The answer is a refusal, whatever its code from 400, that tells nothing of the database."""
        told = (
            f"The database refused, and the app answered {answer.status}: any code from 400 says that it did not work."
        )
        expect.that(answer.status >= 400, told, answer)
        expect.that("TODO" not in answer.text, "The answer is still that of a TODO.", answer)
        self._quiet(answer, secret, *LEAKS)

    def refused(self, answer, *codes):
        """The response has one of these status codes, and shows nothing of the database."""
        expect(answer).refused(*codes)
        self._quiet(answer, *LEAKS)
        return expect(answer)

    @staticmethod
    def _quiet(answer, *words):
        shown = answer.text + " ".join(answer.headers.values())
        for word in words:
            expect.that(word not in shown, f"The response shows something of the database: {word!r}.", answer)

    def finds(self, answer, row):
        """The response has the name of this resource and of no other; how the list is built up is up to task 5."""
        expect(answer).status(200)
        shown = texts_in(answer.json)
        expect.that(row["name"] in shown, f"The resource {row['name']!r} is missing.", answer)
        for other in self.resources():
            told = f"The resource {other['name']!r} should not be in the list."
            expect.that(other == row or other["name"] not in shown, told, answer)

    def remove(self, table, number):
        """Delete one row."""
        self.database.run(f"DELETE FROM {self.table(table)} WHERE id = %s", number)


@pytest.fixture
def hub(client, app, database, draw):
    """The tables of the running app; the course's triggers are gone again after the check."""
    found = Hub(database, draw)
    found.table("resources")
    try:
        yield found
    finally:
        try:
            database.calm()
        except AssertionError:
            # The app holds a table in a transaction that it never ended: the next check begins with a new app.
            app.restart()
            database.calm()


class Pressure:
    """Many requests at a time, and an eye on the connections that the app has open meanwhile."""

    AT_ONCE = 10
    MOST = 20

    def __init__(self, database):
        self.database = database
        self.most = 0

    def look(self):
        """Count the connections that are open now."""
        self.most = max(self.most, len(self.database.connections()))

    def one_by_one(self, calls):
        """Make these calls one after the other; look at the connections now and then."""
        answers = []
        for place, call in enumerate(calls):
            answers.append(call())
            if place % 10 == 9:
                self.look()
        return answers

    def ten_at_a_time(self, calls):
        """Make these calls ten at a time; look at the connections all the while."""
        with ThreadPoolExecutor(self.AT_ONCE) as pool:
            pending = [pool.submit(call) for call in calls]
            while not all(one.done() for one in pending):
                self.look()
                time.sleep(0.01)
        return [one.result() for one in pending]

    def few_connections(self):
        """No more than twenty connections were open, and none is left in a transaction."""
        self.look()
        told = f"The app had {self.most} connections to the database open at once, {self.MOST} is the most."
        expect.that(self.most <= self.MOST, told)
        until = time.monotonic() + 1
        while held := [row for row in self.database.connections() if "in transaction" in (row["state"] or "")]:
            told = f"At rest, {len(held)} connections are still in a transaction: {held[0]['query']}"
            expect.that(time.monotonic() < until, told)
            time.sleep(0.05)


@pytest.fixture
def pressure(database):
    """Many requests, and an eye on the app's connections."""
    return Pressure(database)


class Bench:
    """A second database, for what is checked without the app; it is emptied between one kind of work and the next.

    One for each check would take longer than the checks.
    """

    def __init__(self, database, run):
        self.database = database
        self.files = Files(run)
        self.work = None

    def empty(self, rights):
        """Take away all tables, and say what a submission may do here: the course owns the place itself."""
        self.work = None
        for statement in (
            "DROP SCHEMA public CASCADE",
            "CREATE SCHEMA public",
            f"GRANT {rights} ON SCHEMA public TO PUBLIC",
        ):
            self.database.run(statement)

    def script(self, path):
        """Run one of the student's files."""
        return self.database.script(self.files.read(path))

    def at(self, kind):
        """Be at this kind of work: where another one was on the bench, begin afresh."""
        if type(self.work) is not kind:
            self.empty(kind.RIGHTS)
            self.work = kind(self)
        return self.work


@pytest.fixture(scope="session")
def bench(run):
    """A second database, for what is checked without the app."""
    with run.services.database() as database:
        yield Bench(database, run)


class Schema:
    """The tables of the student's schema, run once."""

    RIGHTS = "ALL"

    def __init__(self, bench):
        self.database = bench.database
        self.outcome = bench.script(SCHEMA)
        self.columns = columns_of(bench.database)

    def stand(self):
        """See that both tables are there with all their columns: ground that task 2 makes."""
        for table, columns in COLUMNS.items():
            ground(self.columns[table] >= set(columns), task=2)
        return self

    def rows(self):
        """The rows of both tables by id, in the columns that the task names."""
        return [
            self.database.rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
            for table, columns in COLUMNS.items()
        ]


class Seeded(Schema):
    """The student's tables and seed, each run once, and what the tables held right after that."""

    def __init__(self, bench):
        super().__init__(bench)
        self.stand()
        self.seeding = bench.script(SEED)
        self.resources = self._rows("resources", "id, name, category, address, contact_email")
        self.referrals = self._rows("referrals", "id, family_name, resource_id, referral_date::text, notes")

    def _rows(self, table, columns):
        return [tuple(row.values()) for row in self.database.rows(f"SELECT {columns} FROM {table} ORDER BY id")]


@pytest.fixture
def schema(bench):
    """What became of the schema in a new database."""
    return bench.at(Schema)


@pytest.fixture
def made(schema):
    """A database in which the schema has made its tables."""
    return schema.stand().database


@pytest.fixture
def seeded(bench):
    """A database with the student's tables and seed."""
    work = bench.at(Seeded)
    expect.that(work.seeding.error is None, f"{SEED} fails: {work.seeding.error}")
    return work


class Course:
    """Rows of the course's own for the queries, drawn so that every mistake shows.

    Args:
        draw: from which the rows come.
        more: how many resources and referrals there are beyond those that each have their reason.
    """

    def __init__(self, draw, more):
        self.draw = draw
        self.resources = self._resources(more)
        self.referrals = self._referrals(more)

    def _resources(self, more):
        draw, word = self.draw, lambda: self.draw.word().capitalize()
        twin = f"{word()} House"
        kinds = [
            (f"{word()} Kitchen", "Food"),
            (f"{word()} Food PANTRY", "Food"),
            (twin, "Housing"),
            (f"Old pantry of {word()}", "food"),
            (f"{word()} Pan Try", "Food Bank"),
            (f"{word()}pantry{word()}", "Health"),
            (twin, "Food"),
            (f"{word()} Store", "Pantry"),
            (f"Pantry {word()}", "FOOD"),
            (f"{word()} Hall", "Pet Food"),
            (f"{word()} Table", "Food"),
        ]
        kinds += [(f"{word()} Place", draw.one_of(["Food", "Housing", "Health"])) for _ in range(more)]
        # The first kind keeps the lowest id and the last the highest: neither of them gets a referral.
        first, *middle, last = kinds
        numbers = sorted(draw.sample(range(20, 900), len(kinds)))
        return [
            {
                "id": number,
                "name": name,
                "category": category,
                "address": draw.one_of([None, f"{draw.randint(1, 99)} Pantry Lane"]),
                "contact_email": draw.one_of([None, f"{draw.word()}@example.org"]),
            }
            for number, (name, category) in zip(numbers, [first, *draw.sample(middle, len(middle)), last], strict=True)
        ]

    def _referrals(self, more):
        draw = self.draw
        names = [row["name"] for row in self.resources]
        twins = [row for row in self.resources if names.count(row["name"]) > 1]
        some = draw.sample(self.resources[1:-1], 4)
        families = [draw.word().capitalize() for _ in range(4)]
        visits = [(row, family) for row in some for family in draw.sample(families, 2)]
        # A family that came to one place twice, and two places of one name, each with another number of visits.
        visits += [visits[0], (twins[0], families[0]), (twins[1], families[1]), (twins[1], families[2])]
        visits += [(draw.one_of(some), draw.one_of(families)) for _ in range(more)]
        draw.shuffle(visits)
        # From a range of their own, so that no referral has the id of a resource.
        numbers = sorted(draw.sample(range(1_000, 2_000), len(visits)))
        return [
            {
                "id": number,
                "family_name": family,
                "resource_id": row["id"],
                "referral_date": f"2025-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
                "notes": draw.one_of([None, draw.word()]),
            }
            for number, (row, family) in zip(numbers, visits, strict=True)
        ]

    def store(self, database):
        """Store the rows, neither in the order of their ids nor as they will be in the end."""
        for table, rows in (("resources", self.resources), ("referrals", self.referrals)):
            names = ", ".join(rows[0])
            first = {"name": "Pantry to be", "category": "Food"} if table == "resources" else {}
            values = ", ".join(_written(row | first) for row in self.draw.sample(rows, len(rows)))
            database.run(f"INSERT INTO {table} ({names}) VALUES {values}")
            # From the highest id down: whoever forgets ORDER BY gets the rows upside down.
            changes = [
                f"UPDATE {table} SET ({names}) = {_written(row)} WHERE id = {row['id']};" for row in reversed(rows)
            ]
            database.run(f"DO $$ BEGIN {' '.join(changes)} END $$")

    def all_resources(self):
        """Every resource by id."""
        return self.resources

    def food_resources(self):
        """The ids of the resources of the category Food."""
        return [{"id": row["id"]} for row in self.resources if row["category"] == "Food"]

    def search_pantry(self):
        """The resources with pantry in their name."""
        named = [row for row in self.resources if "pantry" in row["name"].lower()]
        return [{key: row[key] for key in ("id", "name", "category")} for row in named]

    def referrals_with_resource(self):
        """Each referral's family and the name of its resource."""
        names = {row["id"]: row["name"] for row in self.resources}
        return [
            {"family_name": row["family_name"], "resource_name": names[row["resource_id"]]} for row in self.referrals
        ]

    def referrals_per_resource(self):
        """Each resource and how many referrals point to it."""
        visited = [row["resource_id"] for row in self.referrals]
        return [
            {"resource_id": row["id"], "resource_name": row["name"], "referral_count": visited.count(row["id"])}
            for row in self.resources
        ]


def _written(row):
    """A drawn row as SQL writes it: no quote is ever drawn."""
    values = ("NULL" if one is None else f"'{one}'" if isinstance(one, str) else str(one) for one in row.values())
    return f"({', '.join(values)})"


def _plain(value):
    """A count is a count, whichever of the database's types of number it has."""
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


class Queries:
    """Tables of the course, and the student's queries run on them."""

    RIGHTS = "USAGE"
    TABLES = (
        (
            "CREATE TABLE resources (id SERIAL PRIMARY KEY,"
            " name TEXT NOT NULL, category TEXT NOT NULL, address TEXT, contact_email TEXT)"
        ),
        (
            "CREATE TABLE referrals (id SERIAL PRIMARY KEY, family_name TEXT NOT NULL,"
            " resource_id INTEGER NOT NULL REFERENCES resources (id), referral_date DATE NOT NULL, notes TEXT)"
        ),
        # The course owns the tables: a file that would change them costs itself, and no other query.
        "GRANT SELECT ON resources, referrals TO PUBLIC",
    )

    def __init__(self, bench):
        self.bench = bench
        for statement in self.TABLES:
            bench.database.run(statement)

    def hold(self, course=None):
        """Let the tables hold the rows of this course, or none."""
        self.bench.database.run("TRUNCATE resources, referrals")
        if course:
            course.store(self.bench.database)

    def answers(self, path, expected, *, free=False):
        """The query in this file answers these rows in this order, with exactly their columns unless they are free."""
        outcome = self.bench.script(path)
        expect.that(outcome.error is None, f"{path} fails: {outcome.error}")
        expect.that(outcome.columns, f"{path} holds no SELECT yet.")
        columns = sorted(expected[0] if expected else outcome.columns)
        if free:
            missing = [name for name in columns if name not in outcome.columns]
            expect.that(not missing, f"{path} answers no column {', '.join(missing)}.")
        else:
            told = f"{path} answers the columns {', '.join(outcome.columns)}, the task asks for {', '.join(columns)}."
            expect.that(sorted(outcome.columns) == columns, told)
        found = [{name: _plain(row[name]) for name in columns} for row in outcome.rows]
        for place, (one, other) in enumerate(zip(found, expected, strict=False), 1):
            expect.that(one == other, f"Row {place} of {path} is {one}, expected {other}.")
        told = f"{path} answers {len(found)} rows, there are {len(expected)} to answer."
        expect.that(len(found) == len(expected), told)


@pytest.fixture
def queries(bench):
    """Tables of the course's own, and a way to run the queries on them."""
    return bench.at(Queries)


@pytest.fixture(scope="session")
def few(run):
    """A few rows for the queries, each with its reason."""
    return Course(Draw(run.job.seed, "few"), more=0)


@pytest.fixture(scope="session")
def many(run):
    """Some dozens of rows for the queries."""
    return Course(Draw(run.job.seed, "many"), more=30)
