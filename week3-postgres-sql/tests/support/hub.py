"""The tables of the running app, and what its responses must not show of them."""

import re

import pytest
from classroom import expect, ground, leak_in

from .differences import rows_difference
from .tables import COLUMNS, REFERRAL, RESOURCE, advance_counter, columns_of, insert

# Ids of the course's own rows: small enough for a SMALLINT, and higher than a counter gets in a run.
OWN_IDS = range(10_000, 30_000)
COUNTERS = {"resources": (200, 4_000), "referrals": (5_000, 9_000)}
# What no response may show: the names of drivers, and words of statements, errors and tracebacks.
SHOWN = (
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
LEAKS = re.compile("|".join(map(re.escape, SHOWN)))


def texts_in(body):
    """Return all values in a JSON body, at any depth."""
    if isinstance(body, dict | list):
        return {text for part in (body.values() if isinstance(body, dict) else body) for text in texts_in(part)}
    return {body}


class Hub:
    """The running app's two tables, written and read without going through the app."""

    def __init__(self, database, draw, names):
        self.database = database
        self.draw = draw
        self.names = names
        self._there = columns_of(database)
        self._tables = set()
        self._taken = None

    def table(self, table):
        """Return the name of a table; skip the check unless it has all its columns."""
        if table not in self._tables:
            ground(self._there[table] >= set(COLUMNS[table]), task=2)
            # A seed that leaves the counter behind costs points in task 3 only.
            advance_counter(self.database, table, self.draw.randint(*COUNTERS[table]))
            self._tables.add(table)
        return table

    def ids(self, count):
        """Return `count` ids that no row in either table has, or has had during this check, lowest first."""
        if self._taken is None:
            there = [f"SELECT id::text FROM {name}" for name in COLUMNS if "id" in self._there[name]]
            self._taken = {row["id"] for row in self.database.rows(" UNION ALL ".join(there))}
        found = []
        while len(found) < count:
            number = self.draw.one_of(OWN_IDS)
            if str(number) not in self._taken:
                self._taken.add(str(number))
                found.append(number)
        return sorted(found)

    def name(self):
        """Return a name that no resource has yet."""
        return self.names.place()

    def new(self, **values):
        """Return a valid body for creating a resource, with all fields; `values` override the drawn ones."""
        return {
            "name": self.name(),
            "category": self.names.category(),
            "address": self.names.address(),
            "contact_email": self.names.email(),
        } | values

    def new_referral(self, **values):
        """Return a valid body for creating a referral, with all fields."""
        return {
            "family_name": self.names.family(),
            "referral_date": self.day(),
            "notes": self.names.notes(),
        } | values

    def day(self):
        """Return a date in 2024 or 2025."""
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
        """Store resources so that their order in the table is not id order."""
        rows = [{"id": number, **row} for number, row in zip(self.ids(len(rows)), rows, strict=True)]
        insert(self.database, self.table("resources"), self.draw.sample(rows, len(rows)))
        self.touch("resources", rows[0]["id"])
        return rows

    def neighbors(self, row):
        """Store resources that share values with this one: each column's value in turn, then all of them but the id."""
        shared = {name: row[name] for name in RESOURCE if name != "id"}
        for name, value in shared.items():
            self.resource(**{name: value})
        self.resource(**shared)

    def touch(self, table, number):
        """Update a row without changing it: without ORDER BY, it now comes last."""
        column = COLUMNS[table][1]
        self.database.run(f"UPDATE {self.table(table)} SET {column} = {column} WHERE id = %s", number)

    def resources(self, **where):
        """Return the stored resources in id order."""
        return self._rows("resources", RESOURCE, where)

    def referrals(self, **where):
        """Return the stored referrals in id order."""
        return self._rows("referrals", REFERRAL, where)

    def _rows(self, table, columns, where):
        shown = ", ".join(f"{name}::text AS {name}" if name == "referral_date" else name for name in columns)
        condition = " AND ".join(f"{name} = %s" for name in where) or "true"
        return self.database.rows(
            f"SELECT {shown} FROM {self.table(table)} WHERE {condition} ORDER BY id", *where.values()
        )

    def holds(self, row, answer=None):
        """Check that a resource is in the table exactly as in `row`."""
        found = self.resources(id=row["id"])
        expect.that(found, f"The resource {row['id']} is not in the table. Was it committed?", answer)
        mismatch = rows_difference(found, [row])
        expect.that(mismatch is None, f"In the resources table, {mismatch}.", answer)

    def replaced(self, old, new, answer):
        """Check that a resource is in the table as it was sent, and no longer as it was before."""
        unchanged = self.resources(id=old["id"]) == [old] != [new]
        expect.that(not unchanged, f"The resource {old['id']} is not changed in the table. Was it committed?", answer)
        self.holds(new, answer)

    def created_once(self, table, answer, **where):
        """Check that exactly one row with these values is in a table, and return it."""
        found = self._rows(table, COLUMNS[table], where)
        expect.that(found, f"The new row is not in the {table} table. Was it committed?", answer)
        expect.that(len(found) == 1, f"The new row is in the {table} table {len(found)} times, expected once.", answer)
        return found[0]

    def safe(self, answer, secret):
        """Check that a response is an error, with any code of 400 or higher, that reveals nothing about the database."""
        sentence = f"The database rejected the statement, but the app returned {answer.status}: expected 400 or higher."
        expect.that(answer.status >= 400, sentence, answer)
        expect.that("TODO" not in answer.text, "A database error still returns the TODO placeholder.", answer)
        self._shows_nothing(answer, secret)

    def refused(self, answer, code, sent=None):
        """Check that a response has this status code and reveals nothing about the database; `sent` is what was wrong."""
        told = f"{answer.exchange} with {sent} returned {answer.status}, expected {code}."
        expect.that(sent is None or answer.status == code, told, answer)
        expect(answer).refused(code)
        self._shows_nothing(answer)
        return expect(answer)

    @staticmethod
    def _shows_nothing(answer, *secrets):
        shown = leak_in(answer, LEAKS, *secrets, headers=True)
        expect.that(
            shown is None,
            f"The response to {answer.exchange} shows the client what the database said: {shown!r}.",
            answer,
        )

    def finds(self, answer, row):
        """Check that a list has this resource's name and no other's; task 5 checks the rest of the list."""
        expect(answer).status(200)
        shown = texts_in(answer.json)
        expect.that(row["name"] in shown, f"The resource {row['name']!r} is missing from the response.", answer)
        for other in self.resources():
            sentence = f"The resource {other['name']!r} should not be in the response."
            expect.that(other == row or other["name"] not in shown, sentence, answer)

    def remove(self, table, number):
        """Delete one row."""
        self.database.run(f"DELETE FROM {self.table(table)} WHERE id = %s", number)


@pytest.fixture
def hub(client, app, database, draw, names):
    """The running app's tables; the course's triggers are removed after the check."""
    found = Hub(database, draw, names)
    found.table("resources")
    try:
        yield found
    finally:
        try:
            database.calm()
        except AssertionError:
            # The app never ended a transaction that locks a table: the next check starts with a new app.
            app.restart()
            database.calm()
