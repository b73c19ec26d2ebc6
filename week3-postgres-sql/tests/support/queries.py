"""The student's queries, run on tables that the course has made and filled."""

from decimal import Decimal

import pytest
from classroom import Draw, expect

from .differences import rows_difference
from .rows import DrawnRows


def _plain(value):
    """Return a whole number as an int: a count is a count, whatever its type in the database."""
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


class Queries:
    """The course's own tables, and the student's queries run on them."""

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
        # The course owns the tables: a file that tries to change them costs its own points only.
        "GRANT SELECT ON resources, referrals TO PUBLIC",
    )

    def __init__(self, bench):
        self.bench = bench
        for statement in self.TABLES:
            bench.database.run(statement)

    def hold(self, rows=None):
        """Fill the tables with these rows, or with none."""
        self.bench.database.run("TRUNCATE resources, referrals")
        if rows:
            rows.store(self.bench.database)

    def returns(self, path, expected, *, order="by id", free=False):
        """Check that the query in this file returns these rows in this order, with no other columns unless `free`."""
        outcome = self.bench.script(path)
        expect.that(outcome.error is None, f"{path} fails: {outcome.error}")
        expect.that(outcome.columns, f"{path} has no SELECT yet.")
        columns = list(expected[0] if expected else outcome.columns)
        if free:
            missing = [name for name in columns if name not in outcome.columns]
            expect.that(not missing, f"{path} does not return the column {', '.join(missing)}.")
        else:
            sentence = f"{path} returned the columns {', '.join(outcome.columns)}; expected {', '.join(columns)}."
            expect.that(sorted(outcome.columns) == sorted(columns), sentence)
        found = [{name: _plain(row[name]) for name in columns} for row in outcome.rows]
        mismatch = rows_difference(found, expected, order=order, shown=outcome.rows)
        expect.that(mismatch is None, f"{path}: {mismatch}.")


@pytest.fixture
def queries(bench):
    """The course's own tables, and a way to run the queries on them."""
    return bench.holding(Queries)


@pytest.fixture(scope="session")
def few(run):
    """A few rows for the queries, each there for a reason."""
    return DrawnRows(Draw(run.job.seed, "few"), more=0)


@pytest.fixture(scope="session")
def many(run):
    """A few dozen rows for the queries."""
    return DrawnRows(Draw(run.job.seed, "many"), more=30)
