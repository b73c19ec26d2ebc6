"""The tables of the running app, and what its responses may show of them."""

import re

import pytest
from classroom import expect, ground, leak_in

from .tables import COLUMNS, REFERRAL, RESOURCE, advance_counter, columns_of, insert

# Ids of the course's own rows. They stay below what a SMALLINT holds, and above what a counter reaches in a run.
OWN_IDS = range(10_000, 30_000)
COUNTERS = {"resources": (200, 4_000), "referrals": (5_000, 9_000)}
# What no response shows: the names of drivers, and words of which a statement, an error or a traceback consists.
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
    """Return the values in a JSON body, however deeply they are nested."""
    if isinstance(body, dict | list):
        return {text for part in (body.values() if isinstance(body, dict) else body) for text in texts_in(part)}
    return {body}


class Hub:
    """The two tables of the running app, written and read past the app."""

    def __init__(self, database, draw):
        self.database = database
        self.draw = draw
        self._there = columns_of(database)
        self._tables = set()
        self._taken = None

    def table(self, table):
        """Return the name of a table of the student's that is there with all its columns."""
        if table not in self._tables:
            ground(self._there[table] >= set(COLUMNS[table]), task=2)
            # A seed that leaves the counter behind costs task 3, and no create of a later task.
            advance_counter(self.database, table, self.draw.randint(*COUNTERS[table]))
            self._tables.add(table)
        return table

    def ids(self, count):
        """Return `count` ids that no row of either table has or has had in this check, the lowest first."""
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
        return f"{self.draw.word().capitalize()} {self.draw.one_of(['House', 'Centre', 'Corner', 'Kitchen'])}"

    def new(self, **values):
        """Return what a client may send to create a resource, all fields filled; `values` replace drawn ones."""
        word = self.draw.word()
        return {
            "name": self.name(),
            "category": self.draw.word().capitalize(),
            "address": f"{self.draw.randint(1, 99)} {word.capitalize()} Road",
            "contact_email": f"{word}@example.org",
        } | values

    def new_referral(self, **values):
        """Return what a client may send to create a referral, all fields filled."""
        return {
            "family_name": self.draw.word().capitalize(),
            "referral_date": self.day(),
            "notes": f"Asks for {self.draw.word()}",
        } | values

    def day(self):
        """Return a day of 2024 or 2025."""
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
        """Store resources so that their order in the table is not that of their ids."""
        rows = [{"id": number, **row} for number, row in zip(self.ids(len(rows)), rows, strict=True)]
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
        """Update a row without changing it: in the table it now comes after all others."""
        column = COLUMNS[table][1]
        self.database.run(f"UPDATE {self.table(table)} SET {column} = {column} WHERE id = %s", number)

    def resources(self, **where):
        """Return the stored resources by id."""
        return self._rows("resources", RESOURCE, where)

    def referrals(self, **where):
        """Return the stored referrals by id."""
        return self._rows("referrals", REFERRAL, where)

    def _rows(self, table, columns, where):
        shown = ", ".join(f"{name}::text AS {name}" if name == "referral_date" else name for name in columns)
        condition = " AND ".join(f"{name} = %s" for name in where) or "true"
        return self.database.rows(
            f"SELECT {shown} FROM {self.table(table)} WHERE {condition} ORDER BY id", *where.values()
        )

    def safe(self, answer, secret):
        """Check that a response is a refusal, with any code from 400, that shows nothing of the database."""
        sentence = (
            f"The database refused, and the app answered {answer.status}: any code from 400 says that it did not work."
        )
        expect.that(answer.status >= 400, sentence, answer)
        expect.that("TODO" not in answer.text, "This still returns the TODO placeholder.", answer)
        self._shows_nothing(answer, secret)

    def refused(self, answer, *codes):
        """Check that a response has one of these status codes, and shows nothing of the database."""
        expect(answer).refused(*codes)
        self._shows_nothing(answer)
        return expect(answer)

    @staticmethod
    def _shows_nothing(answer, *secrets):
        shown = leak_in(answer, LEAKS, *secrets, headers=True)
        expect.that(shown is None, f"The response shows something of the database: {shown!r}.", answer)

    def finds(self, answer, row):
        """Check that a list has the name of this resource and of no other; how the list is built up is up to task 5."""
        expect(answer).status(200)
        shown = texts_in(answer.json)
        expect.that(row["name"] in shown, f"The resource {row['name']!r} is missing.", answer)
        for other in self.resources():
            sentence = f"The resource {other['name']!r} should not be in the list."
            expect.that(other == row or other["name"] not in shown, sentence, answer)

    def remove(self, table, number):
        """Delete one row."""
        self.database.run(f"DELETE FROM {self.table(table)} WHERE id = %s", number)


@pytest.fixture
def hub(client, app, database, draw):
    """The tables of the running app; the course's triggers are removed after the check."""
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
