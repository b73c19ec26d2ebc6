"""Tables of the course's own, and the student's queries run on them."""

from decimal import Decimal

import pytest
from classroom import Draw, expect

from .rows import DrawnRows


def _plain(value):
    """Return a number as an int where it is whole: a count is a count, whatever its type in the database."""
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

    def hold(self, rows=None):
        """Let the tables hold these rows, or none."""
        self.bench.database.run("TRUNCATE resources, referrals")
        if rows:
            rows.store(self.bench.database)

    def returns(self, path, expected, *, free=False):
        """Check that the query in this file returns these rows in this order, and no other column unless that is free."""
        outcome = self.bench.script(path)
        expect.that(outcome.error is None, f"{path} fails: {outcome.error}")
        expect.that(outcome.columns, f"{path} holds no SELECT yet.")
        columns = sorted(expected[0] if expected else outcome.columns)
        if free:
            missing = [name for name in columns if name not in outcome.columns]
            expect.that(not missing, f"{path} answers no column {', '.join(missing)}.")
        else:
            sentence = (
                f"{path} answers the columns {', '.join(outcome.columns)}, the task asks for {', '.join(columns)}."
            )
            expect.that(sorted(outcome.columns) == columns, sentence)
        found = [{name: _plain(row[name]) for name in columns} for row in outcome.rows]
        for number, (row, other) in enumerate(zip(found, expected, strict=False), 1):
            expect.that(row == other, f"Row {number} of {path} is {row}, expected {other}.")
        sentence = f"{path} answers {len(found)} rows, there are {len(expected)} to answer."
        expect.that(len(found) == len(expected), sentence)


@pytest.fixture
def queries(bench):
    """Tables of the course's own, and a way to run the queries on them."""
    return bench.holding(Queries)


@pytest.fixture(scope="session")
def few(run):
    """A few rows for the queries, each with its reason."""
    return DrawnRows(Draw(run.job.seed, "few"), more=0)


@pytest.fixture(scope="session")
def many(run):
    """Some dozens of rows for the queries."""
    return DrawnRows(Draw(run.job.seed, "many"), more=30)
