"""The database as it was before the migration."""

import re

import pytest
from classroom import expect

from .tables import REFERRAL, RESOURCE, Tables

MIGRATION = 10
OLD_TABLES = """
CREATE TABLE resources (
    id SERIAL PRIMARY KEY, name VARCHAR NOT NULL, category VARCHAR NOT NULL, address VARCHAR, contact_email VARCHAR
);
CREATE TABLE referrals (
    id SERIAL PRIMARY KEY, family_name VARCHAR NOT NULL,
    resource_id INTEGER NOT NULL REFERENCES resources (id) ON DELETE CASCADE, referral_date DATE NOT NULL, notes VARCHAR
);
CREATE INDEX ix_referrals_resource_id ON referrals (resource_id);
"""
ERROR = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception)\b")  # at the beginning of a line
NO_TABLES = "DROP TABLE IF EXISTS referrals, resources, alembic_version CASCADE;"


class OldHub:
    """The two tables as the course creates them, with rows but no phone column, and the submission's alembic."""

    def __init__(self, database, command):
        self.database = database
        self.command = command

    def alembic(self, *arguments):
        """Run alembic in the submission's folder, and check that it succeeds."""
        done = self.command.run("alembic", *arguments)
        own = re.findall(r'File ".*?/(migrations/versions/[^"]+)", line (\d+)', done.output)
        error = last_error(done.output)
        todo = re.match(r"NotImplementedError: (TODO \d+)\b", error)
        error = f"{todo[1]} is not written yet." if todo else error
        cause = "".join(f"{file}, line {line}: " for file, line in own[-1:]) + error
        sentence = f"{cause}\nalembic {' '.join(arguments)} failed with exit status {done.exit_code}."
        expect.that(done.exit_code == 0, sentence)

    def rows(self):
        """Return all rows, with the columns that the tables originally had."""
        gone = {"id", "name", "category", "address", "contact_email"} - self.columns()
        expect.that(not gone, f"The migration removed the column {', '.join(sorted(gone))} from resources.")
        resources = self.database.rows(f"SELECT {RESOURCE} FROM resources ORDER BY id")
        return resources, self.database.rows(f"SELECT {REFERRAL} FROM referrals ORDER BY id")

    def columns(self):
        """Return the names of the columns of `resources`."""
        found = self.database.rows(
            "SELECT attname AS name FROM pg_attribute"
            " WHERE attrelid = to_regclass('resources') AND attnum > 0 AND NOT attisdropped"
        )
        return {row["name"] for row in found}


def last_error(output):
    """Return what alembic printed last about an error, in the words of the database if it is the database's."""
    if unknown := re.search(r"Revision (\w+) referenced from .* is not present", output):
        return f"down_revision names the migration {unknown[1]}, which does not exist; the first one has down_revision = None."
    lines = output.strip().splitlines()
    error = next((line for line in reversed(lines) if ERROR.match(line)), "".join(lines[-1:]))
    error = re.sub(r"^sqlalchemy\.exc\.\w+: \(\w+\.errors\.\w+\) ", "", error)
    return error + (": the existing rows have no value for it." if "contains null values" in error else "")


@pytest.fixture
def old_hub(app, command, database, draw, names):
    """A database that holds rows and has never been migrated."""
    app.stop()
    tables = Tables(database, draw, names, MIGRATION)
    made = database.script(NO_TABLES + OLD_TABLES)
    expect.that(made.error is None, f"The tables could not be created again: {made.error}")
    resources = tables.resources([{} for _ in range(5)])
    tables.referrals([{"resource_id": draw.one_of(resources)["id"]} for _ in range(9)])
    yield OldHub(database, command)
    database.script(NO_TABLES)
