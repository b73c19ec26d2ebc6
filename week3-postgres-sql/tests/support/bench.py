"""A database without the app, for the student's schema, seed and queries."""

import pytest
from classroom import Files, expect, ground

from .tables import COLUMNS, SCHEMA, SEED, columns_of


class Bench:
    """A second database for checks that do not use the app; it is emptied when the kind of content changes.

    Creating a database for each check would take longer than the checks.
    """

    def __init__(self, database, run):
        self.database = database
        self.files = Files(run)
        self.content = None

    def empty(self, rights):
        """Drop all tables, and grant the rights that a submission has here: the course owns the schema."""
        self.content = None
        for statement in (
            "DROP SCHEMA public CASCADE",
            "CREATE SCHEMA public",
            f"GRANT {rights} ON SCHEMA public TO PUBLIC",
        ):
            self.database.run(statement)

    def script(self, path):
        """Run one of the student's SQL files."""
        return self.database.script(self.files.read(path))

    def holding(self, kind):
        """Return content of this kind, emptying the database if it holds another kind."""
        if type(self.content) is not kind:
            self.empty(kind.RIGHTS)
            self.content = kind(self)
        return self.content


@pytest.fixture(scope="session")
def bench(run):
    """A second database for checks that do not use the app."""
    with run.services.database() as database:
        yield Bench(database, run)


class Schema:
    """The tables created by one run of the student's schema."""

    RIGHTS = "ALL"

    def __init__(self, bench):
        self.database = bench.database
        self.outcome = bench.script(SCHEMA)
        self.columns = columns_of(bench.database)

    def complete(self):
        """Skip the check unless both tables have all their columns: task 2 creates them."""
        for table, columns in COLUMNS.items():
            ground(self.columns[table] >= set(columns), task=2)
        return self

    def rows(self):
        """Return the rows of both tables in id order, with the columns that the task names."""
        return [
            self.database.rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
            for table, columns in COLUMNS.items()
        ]


class Seeded(Schema):
    """The student's schema and seed, each run once, and the rows right after that."""

    def __init__(self, bench):
        super().__init__(bench)
        self.complete()
        self.seeding = bench.script(SEED)
        self.resources = self._rows("resources", "id, name, category, address, contact_email")
        self.referrals = self._rows(
            "referrals", "id, family_name, resource_id, referral_date::text AS referral_date, notes"
        )

    def _rows(self, table, columns):
        return self.database.rows(f"SELECT {columns} FROM {table} ORDER BY id")


@pytest.fixture
def schema(bench):
    """A new database in which the schema has run."""
    return bench.holding(Schema)


@pytest.fixture
def made(schema):
    """A database with the student's tables."""
    return schema.complete().database


@pytest.fixture
def seeded(bench):
    """A database with the student's tables and seed."""
    content = bench.holding(Seeded)
    expect.that(content.seeding.error is None, f"{SEED} fails: {content.seeding.error}")
    return content
