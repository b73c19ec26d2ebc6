"""Two databases without the app: one for the student's tables, one with the course's tables for the view and the queries."""

import contextlib

import pytest
from classroom import Files, expect, ground

ENTITIES, LINKS, RULES, VIEW = (f"schema/{name}.sql" for name in ("1_entities", "2_links", "3_rules", "4_transcript"))
COLUMNS = {
    "departments": ("id", "code", "name"),
    "students": ("id", "number", "name", "email"),
    "lecturers": ("id", "name"),
    "courses": ("id", "code", "title", "credits", "department_id"),
    "offerings": ("id", "course_id", "year", "term"),
    "teaching": ("offering_id", "lecturer_id"),
    "enrollments": ("offering_id", "student_id", "grade"),
    "prerequisites": ("course_id", "required_id"),
}
FILES = {table: ENTITIES if place < 4 else LINKS for place, table in enumerate(COLUMNS)}
IDS = ("id", "department_id")
CATEGORIES = {"N": "a number", "S": "text"}  # of PostgreSQL's types, in pg_type.typcategory


class Tables:
    """The tables that the student's files create, in a database of their own, without the rules from task 4."""

    paths = (ENTITIES, LINKS)

    def __init__(self, database, files):
        self.database = database
        self.outcomes = {path: database.script(files.read(path)) for path in self.paths}
        rows = database.rows(
            "SELECT name, attname, typcategory::text AS category, format_type(atttypid, atttypmod) AS type"
            " FROM unnest(%s::text[]) AS name"
            " JOIN pg_attribute ON attrelid = to_regclass(name) AND attnum > 0 AND NOT attisdropped"
            " JOIN pg_type ON pg_type.oid = atttypid",
            [*COLUMNS],
        )
        self.columns = {table: {row["attname"]: row for row in rows if row["name"] == table} for table in COLUMNS}

    def ran(self, path):
        """Expect a file to have run without an error."""
        error = self.outcomes[path].error
        expect.that(error is None, f"{path} fails: {error}")

    def made(self, path):
        """Expect a file to have run and created its tables with all their columns."""
        self.ran(path)
        for table in (table for table in COLUMNS if FILES[table] == path):
            expect.that(self.columns[table], f"There is no {table} table yet.")
            missing = [name for name in COLUMNS[table] if name not in self.columns[table]]
            expect.that(not missing, f"{path}: the {table} table lacks {', '.join(missing)}.")

    def typed(self, path):
        """Expect a file's columns to have the types given in the README: credits is a number, the others are text."""
        for table in (table for table in COLUMNS if FILES[table] == path):
            for name in (name for name in COLUMNS[table] if name not in IDS):
                column, wanted = self.columns[table][name], "N" if name == "credits" else "S"
                sentence = f"{path}: {table}.{name} is {column['type'].upper()}, expected {CATEGORIES[wanted]}."
                expect.that(column["category"] == wanted, sentence)

    def ground(self, *tables):
        """Skip the check unless these tables exist with their columns."""
        for table in tables:
            ground(set(COLUMNS[table]) <= set(self.columns[table]), task=2 if FILES[table] == ENTITIES else 3)

    def refused(self, table, row):
        """Return why a row is rejected, or None; nothing is stored."""
        return self.database.refuses(_insert(table, row), *row.values())

    def accepts(self, table, row, why, path=None):
        """Expect a row to be accepted; a failure names a file as the cause, by default the table's own file."""
        error = self.refused(table, row)
        sentence = f"{path or FILES[table]}: {table} rejects {why[0].lower()}{why[1:]}: {error}"
        expect.that(error is None, sentence)

    def rejects(self, table, row, why, path=None):
        """Expect a row to be rejected; a failure names a file as the cause, by default the table's own file."""
        expect.that(self.refused(table, row) is not None, f"{path or FILES[table]}: {table} accepts {why}.")

    def store(self, table, row):
        """Store a correct row, and return it with its id if it has one."""
        returning = " RETURNING id" if "id" in COLUMNS[table] else ""
        error = self.database.refuses(_insert(table, row), *row.values())
        expect.that(error is None, f"{FILES[table]}: {table} rejects a correct row: {error}")
        if not returning:
            self.database.run(_insert(table, row), *row.values())
            return row
        return row | self.database.rows(_insert(table, row) + returning, *row.values())[0]

    def grounded(self, table, row):
        """Store a row for a check that is about something else; skip the check if the row is rejected."""
        self.ground(table)
        ground(self.refused(table, row) is None, task=2 if FILES[table] == ENTITIES else 3)
        return self.store(table, row)


class Ruled(Tables):
    """The same tables with the rules from task 4."""

    paths = (ENTITIES, LINKS, RULES)


def _insert(table, row):
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"


@pytest.fixture(scope="session")
def made_once(run):
    """A function that creates each kind of content once per run, in a database of its own, and returns it."""
    with contextlib.ExitStack() as stack:
        contents = {}

        def content(kind, *more):
            if kind not in contents:
                database = stack.enter_context(run.services.database())
                contents[kind] = kind(database, Files(run), *more)
            return contents[kind]

        yield content


@pytest.fixture
def tables(made_once):
    """The student's tables, without the rules from task 4."""
    return made_once(Tables)


@pytest.fixture
def ruled(made_once):
    """The student's tables, with the rules from task 4."""
    return made_once(Ruled)
