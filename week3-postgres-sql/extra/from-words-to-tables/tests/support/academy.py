"""The course's own tables, filled with an academy that is different in each run, for the view and the queries."""

from decimal import Decimal

import pytest
from classroom import expect
from classroom.checks.words import FAMILIES, FIELDS_OF_HELP, FIRST_NAMES

from .bench import VIEW

TABLES = """
CREATE TABLE departments (id SERIAL PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE students (id SERIAL PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL, email TEXT UNIQUE);
CREATE TABLE lecturers (id SERIAL PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE courses (
    id SERIAL PRIMARY KEY, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL, credits INTEGER NOT NULL,
    department_id INTEGER NOT NULL REFERENCES departments
);
CREATE TABLE offerings (
    id SERIAL PRIMARY KEY, course_id INTEGER NOT NULL REFERENCES courses, year INTEGER NOT NULL, term TEXT NOT NULL,
    UNIQUE (course_id, year, term)
);
CREATE TABLE teaching (
    offering_id INTEGER REFERENCES offerings, lecturer_id INTEGER REFERENCES lecturers,
    PRIMARY KEY (offering_id, lecturer_id)
);
CREATE TABLE enrollments (
    offering_id INTEGER REFERENCES offerings, student_id INTEGER REFERENCES students, grade NUMERIC(2, 1),
    PRIMARY KEY (offering_id, student_id)
);
CREATE TABLE prerequisites (
    course_id INTEGER REFERENCES courses, required_id INTEGER REFERENCES courses, PRIMARY KEY (course_id, required_id)
);
GRANT USAGE, CREATE ON SCHEMA public TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC
"""
PASS, FAIL = Decimal("4.0"), Decimal("4.1")


class Academy:
    """An academy with five courses and seven students.

    Courses 0, 1 and 2 were offered twice; course 2 requires 0 and 1, course 3 requires 2, course 4 requires nothing.
    Courses 0 and 1 have the same number of credits, and two students have passed both.
    """

    def __init__(self, draw):
        self.draw = draw
        numbers = draw.sample(range(100, 999), 7)
        names = [f"{draw.one_of(FIRST_NAMES)} {draw.one_of(FAMILIES)}" for _ in range(6)]
        self.students = [(f"S{number}", name) for number, name in zip(numbers, [*names, names[0]], strict=True)]
        codes = draw.sample(range(100, 999), 5)
        titles = draw.sample(FIELDS_OF_HELP, 5)
        worth = draw.sample(range(2, 12), 4)
        worth.insert(1, worth[0])
        self.courses = [(f"C{code}", title, points) for code, title, points in zip(codes, titles, worth, strict=True)]
        self.offerings = [(0, 2023, "fall"), (0, 2024, "fall"), (1, 2024, "spring"), (1, 2025, "spring")]
        self.offerings += [(2, 2025, "spring"), (3, 2025, "fall"), (4, 2025, "fall"), (2, 2026, "spring")]
        self.required = [(2, 0), (2, 1), (3, 2)]

        def good():
            return Decimal(draw.randint(10, 39)) / 10

        def bad():
            return Decimal(draw.randint(41, 50)) / 10

        self.enrollments = [
            *((0, 0, good()), (2, 0, good()), (4, 0, good()), (5, 0, None)),  # as it should be
            *(
                (0, 1, bad()),
                (1, 1, PASS),
                (2, 1, good()),
                (3, 1, good()),
                (4, 1, None),
            ),  # failed first, passed another twice
            *((0, 2, good()), (4, 2, bad()), (7, 2, None), (5, 2, None)),  # without course 1, twice, and without 2
            *((2, 3, FAIL), (4, 3, None)),  # without both, one failed
            *((5, 4, bad()), (6, 4, good())),  # without course 2
            *((0, 5, None), (6, 5, None)),  # nothing is graded yet
        ]
        draw.shuffle(self.enrollments)

    def store(self, database):
        """Fill the course's tables; the ids are in a different order from the numbers and codes."""
        database.run("INSERT INTO departments (id, code, name) VALUES (1, 'D1', 'All')")
        for place, (code, title, points) in enumerate(self.courses):
            row = (place + 10, code, title, points)
            database.run(
                "INSERT INTO courses (id, code, title, credits, department_id) VALUES (%s, %s, %s, %s, 1)", *row
            )
        for place, (number, name) in enumerate(self.students):
            database.run("INSERT INTO students (id, number, name) VALUES (%s, %s, %s)", place + 20, number, name)
        for place, (course, year, term) in enumerate(self.offerings):
            row = (place + 40, course + 10, year, term)
            database.run("INSERT INTO offerings (id, course_id, year, term) VALUES (%s, %s, %s, %s)", *row)
        for course, required in self.required:
            database.run(
                "INSERT INTO prerequisites (course_id, required_id) VALUES (%s, %s)", course + 10, required + 10
            )
        for offering, student, grade in self.enrollments:
            row = (offering + 40, student + 20, grade)
            database.run("INSERT INTO enrollments (offering_id, student_id, grade) VALUES (%s, %s, %s)", *row)

    def transcript(self):
        """Return the rows that the view must have, in any order."""
        found = []
        for offering, student, grade in self.enrollments:
            course, year, term = self.offerings[offering]
            (number, name), (code, title, _) = self.students[student], self.courses[course]
            row = {"number": number, "name": name, "code": code, "title": title, "year": year, "term": term}
            found += [row | {"grade": grade}] if grade is not None else []
        return found

    def passed(self, student):
        """Return the courses that a student has passed."""
        graded = [
            (offering, grade) for offering, who, grade in self.enrollments if who == student and grade is not None
        ]
        return {self.offerings[offering][0] for offering, grade in graded if grade <= PASS}

    def credits(self):
        """Return the rows of the first query."""
        found = [
            {"number": number, "name": name, "credits": sum(self.courses[course][2] for course in self.passed(place))}
            for place, (number, name) in enumerate(self.students)
        ]
        return sorted(found, key=lambda row: row["number"])

    def too_early(self):
        """Return the rows of the second query."""
        found = []
        for place, (number, _) in enumerate(self.students):
            taken = {self.offerings[offering][0] for offering, who, _ in self.enrollments if who == place}
            for course, required in self.required:
                if course in taken and required not in self.passed(place):
                    found.append(
                        {"number": number, "code": self.courses[course][0], "missing": self.courses[required][0]}
                    )
        return sorted(found, key=lambda row: (row["number"], row["code"], row["missing"]))


class Filled:
    """The course's tables with an academy in them, and the student's files run on them."""

    def __init__(self, database, files, academy):
        self.database = database
        self.files = files
        self.academy = academy
        for statement in TABLES.split(";"):
            database.run(statement)
        academy.store(database)

    def query(self, path, expected):
        """Expect a query to return these rows in this order."""
        outcome = self.database.script(self.files.read(path))
        expect.that(outcome.error is None, f"{path} fails: {outcome.error}")
        expect.that(outcome.columns, f"{path} has no SELECT yet.")
        self._compare(path, outcome, expected, in_order=True)

    def view(self, expected):
        """Expect the transcript view to have these rows, in any order."""
        if not self.database.rows("SELECT to_regclass('transcript') AS there")[0]["there"]:
            outcome = self.database.script(self.files.read(VIEW))
            expect.that(outcome.error is None, f"{VIEW} fails: {outcome.error}")
        kind = self.database.rows("SELECT relkind::text AS kind FROM pg_class WHERE oid = to_regclass('transcript')")
        expect.that(kind, f"{VIEW}: there is no view transcript yet.")
        expect.that(kind[0]["kind"] == "v", f"{VIEW}: transcript is not a view.")
        # Under the submission's own role: a view may call functions.
        outcome = self.database.script("SELECT * FROM transcript")
        expect.that(outcome.error is None, f"{VIEW}: the view fails: {outcome.error}")
        self._compare("transcript", outcome, expected, in_order=False)

    def _compare(self, name, outcome, expected, *, in_order):
        columns = list(expected[0])
        sentence = f"{name} has the columns {', '.join(outcome.columns)}; expected {', '.join(columns)}."
        expect.that(sorted(outcome.columns) == sorted(columns), sentence)
        found = [tuple(_plain(row[column]) for column in columns) for row in outcome.rows]
        wanted = [tuple(_plain(row[column]) for column in columns) for row in expected]
        expect.that(found, f"{name} returned no rows, expected {len(wanted)}.")
        for row in wanted:
            expect.that(row in found, f"{name} lacks the row {_shown(row)}{_instead(row, found, wanted)}.")
        for row in found:
            expect.that(row in wanted, f"{name} has the row {_shown(row)}, which should not be there.")
        count = f"{name} returned {len(found)} rows, expected {len(wanted)}: one appears twice."
        expect.that(len(found) == len(wanted), count)
        expect.that(not in_order or found == wanted, f"{name} returned the right rows in another order.")


def _plain(value):
    """Return a number as a Decimal, whatever its type in the database, and any other value unchanged."""
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value)).normalize()
    return value


def _instead(row, found, wanted):
    """Return the end of a sentence about a missing row: the row that differs from it in one column, if there is one."""
    wrong = (other for other in found if other not in wanted)
    near = [other for other in wrong if sum(a != b for a, b in zip(row, other, strict=True)) == 1]
    return f"; it has {_shown(near[0])}" if near else ""


def _shown(row):
    return ", ".join(
        "NULL" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value) for value in row
    )


@pytest.fixture(scope="session")
def academy(session_draw):
    """The academy of this run."""
    return Academy(session_draw)


@pytest.fixture
def filled(made_once, academy):
    """The course's tables with an academy in them."""
    return made_once(Filled, academy)
