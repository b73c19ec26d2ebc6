"""The visible checks. Tasks 2 to 4 use tables that your files have made, tasks 5 to 7 tables of the course."""

import pytest
from classroom import expect, ground, task
from support.bench import ENTITIES, LINKS, RULES

REQUIRED = {
    "departments": ("code", "name"),
    "students": ("number", "name"),
    "lecturers": ("name",),
    "courses": ("code", "title", "credits", "department_id"),
}
LINKED = {
    "offerings": ("course_id", "year", "term"),
    "teaching": ("offering_id", "lecturer_id"),
    "enrollments": ("offering_id", "student_id"),
    "prerequisites": ("course_id", "required_id"),
}
ONE = {"departments": "department", "students": "student", "lecturers": "lecturer", "courses": "course"}
ONE |= {"offerings": "offering", "teaching": "teaching", "enrollments": "enrollment", "prerequisites": "prerequisite"}
TWICE = {
    "offerings": "the same course twice in one term",
    "teaching": "the same lecturer twice for one offering",
    "enrollments": "the same student twice in one offering",
    "prerequisites": "the same required course twice for one course",
}


@task(1)
def test_database_responds(client):
    """GET /health returns {"database": "ok"}."""
    expect(client.get("/health")).ok({"database": "ok"})


@task(2)
def test_four_tables_of_things(tables):
    """schema/1_entities.sql creates departments, students, lecturers and courses with their columns and types."""
    tables.made(ENTITIES)
    tables.typed(ENTITIES)


@task(2)
def test_ids_fill_themselves(tables, rows):
    """In the four entity tables, rows without an id are given different ids."""
    tables.made(ENTITIES)
    for table in REQUIRED:
        first, second = (tables.store(table, getattr(rows, ONE[table])()) for _ in range(2))
        whole = isinstance(first["id"], int) and isinstance(second["id"], int)
        expect.that(
            whole and first["id"] != second["id"],
            f"{ENTITIES}: two {table} got the ids {first['id']} and {second['id']}.",
        )


@task(2, weight=2)
def test_required_columns(tables, rows):
    """In the entity tables, rows without a required column are rejected; only a student's email may be left out."""
    tables.made(ENTITIES)
    for table, required in REQUIRED.items():
        row = getattr(rows, ONE[table])()
        tables.accepts(table, row, "A row with everything")
        for column in required:
            tables.rejects(table, {name: row[name] for name in row if name != column}, f"a row without {column}")
            tables.rejects(table, row | {column: None}, f"a row whose {column} is NULL")
    student = rows.student()
    del student["email"]
    tables.accepts("students", student, "A student without an email")


@task(2)
def test_texts_of_a_hundred_characters(tables, rows):
    """Names, titles and emails of a hundred characters are accepted."""
    tables.made(ENTITIES)
    for table, column in (
        ("departments", "name"),
        ("students", "name"),
        ("students", "email"),
        ("lecturers", "name"),
        ("courses", "title"),
    ):
        row = getattr(rows, ONE[table])()
        tables.accepts(table, row, "A row with everything")
        tables.accepts(table, row | {column: row[column].ljust(100, "x")}, f"A {column} of 100 characters")


@task(2, weight=2)
def test_what_is_unique(tables, rows):
    """Department codes, course codes, student numbers and student emails are unique; names are not."""
    tables.made(ENTITIES)
    for table, column in (("departments", "code"), ("students", "number"), ("students", "email"), ("courses", "code")):
        old, new = (getattr(rows, ONE[table])() for _ in range(2))
        tables.store(table, old)
        tables.accepts(table, new, f"Another {column}")
        tables.rejects(table, new | {column: old[column]}, f"a second row with the same {column}")
    for table, column in (("departments", "name"), ("students", "name"), ("lecturers", "name"), ("courses", "title")):
        old, new = tables.store(table, getattr(rows, ONE[table])()), getattr(rows, ONE[table])()
        tables.accepts(table, new | {column: old[column]}, f"A second row with the same {column}")


@task(2)
def test_course_of_a_department(tables, rows):
    """A course belongs to a department that exists, and a department may have several courses."""
    tables.made(ENTITIES)
    course = tables.store("courses", rows.course())

    tables.accepts(
        "courses", rows.course() | {"department_id": course["department_id"]}, "A second course of a department"
    )
    tables.rejects(
        "courses", rows.course() | {"department_id": 9_999_999}, "a course of a department that does not exist"
    )


@task(3)
def test_four_tables_of_links(tables):
    """schema/2_links.sql creates offerings, teaching, enrollments and prerequisites with their columns."""
    tables.ground(*REQUIRED)

    tables.made(LINKS)


@task(3, weight=2)
@pytest.mark.parametrize("table", LINKED)
def test_links_lead_somewhere(tables, rows, table):
    """In the link tables, only a grade may be NULL, and a link to a row that does not exist is rejected."""
    tables.ground(*REQUIRED)
    tables.made(LINKS)
    row = getattr(rows, ONE[table])()
    tables.accepts(table, row, "A row with everything")
    for column in LINKED[table]:
        tables.rejects(table, row | {column: None}, f"a row whose {column} is NULL")
        if column.endswith("_id"):
            tables.rejects(table, row | {column: 9_999_999}, f"a {column} of something that does not exist")
    if table == "offerings":
        tables.rejects(table, row | {"year": "soon"}, "a year that is not a number")
    if table == "enrollments":
        tables.accepts(table, row | {"grade": None}, "An enrollment without a grade")


@task(3, weight=2)
def test_links_are_there_once(tables, rows):
    """A course is offered once a term; no lecturer, student or required course is linked twice to the same thing."""
    tables.ground(*REQUIRED)
    tables.made(LINKS)
    for table in LINKED:
        row = getattr(rows, ONE[table])()
        tables.store(table, row)
        twice = {name: row[name] for name in row if name != "grade"}
        tables.rejects(table, twice, TWICE[table])


@task(3, weight=2)
def test_links_are_many_to_many(tables, rows):
    """Each side of a link may be linked to several of the other: lecturers, offerings, students, required courses, terms."""
    tables.ground(*REQUIRED)
    tables.made(LINKS)
    for table, columns in LINKED.items():
        old = tables.store(table, getattr(rows, ONE[table])())
        for column in columns:
            other = getattr(rows, ONE[table])()
            if table == "offerings":
                other[column] = old["year"] + 1 if column == "year" else other[column]
                other["term"] = {"spring": "fall", "fall": "spring"}[old["term"]] if column == "term" else other["term"]
            row = {name: old[name] for name in old if name != "id"} | {column: other[column]}
            tables.accepts(table, row, f"The same link with another {column}")


@task(3, weight=2)
def test_student_leaves_and_course_stays(tables, rows):
    """Deleting a student deletes their enrollments and no others; deleting a course or offering deletes none."""
    tables.ground(*REQUIRED)
    tables.made(LINKS)
    gone, kept = (tables.store("enrollments", rows.enrollment()) for _ in range(2))
    empty = tables.store("offerings", rows.offering())

    error = tables.database.refuses("DELETE FROM students WHERE id = %s", gone["student_id"], keep=True)
    expect.that(error is None, f"{LINKS}: a student with an enrollment cannot be deleted: {error}")
    left = tables.database.rows("SELECT student_id FROM enrollments")
    expect.that({"student_id": gone["student_id"]} not in left, "The enrollments of a deleted student are still there.")
    expect.that({"student_id": kept["student_id"]} in left, "The enrollments of another student were deleted, too.")
    refused = tables.database.refuses("DELETE FROM courses WHERE id = %s", empty["course_id"])
    expect.that(refused, f"{LINKS}: a course that was offered can be deleted.")
    refused = tables.database.refuses("DELETE FROM offerings WHERE id = %s", kept["offering_id"])
    expect.that(refused, f"{LINKS}: an offering with an enrollment can be deleted.")


VALUES = {
    "credits": ("courses", "course", (1, 30, 15), (0, -1, 31)),
    "term": ("offerings", "offering", ("spring", "fall"), ("winter", "Spring", "")),
    "grade": ("enrollments", "enrollment", ("1.0", "5.0", "2.3"), ("0.9", "5.1", "0")),
}


@task(4, weight=2)
@pytest.mark.parametrize("column", VALUES)
def test_values_that_must_never_be(tables, rows, ruled, ruled_rows, column):
    """Only credits from 1 to 30, the terms spring and fall, and grades from 1.0 to 5.0 are accepted."""
    table, make, right, wrong = VALUES[column]
    ruled.ground(table)
    ruled.ran(RULES)
    ground(tables.refused(table, getattr(rows, make)()) is None, task=2 if table == "courses" else 3)
    row = getattr(ruled_rows, make)()

    for value in right:
        ruled.accepts(table, row | {column: value}, f"{column} {value!r}", RULES)
    for value in wrong:
        ruled.rejects(table, row | {column: value}, f"{column} {value!r}", RULES)


@task(4)
def test_grade_may_still_be_unknown(tables, rows, ruled, ruled_rows):
    """With the rules in schema/3_rules.sql, an enrollment without a grade is still accepted."""
    ruled.ground("enrollments")
    ruled.ran(RULES)
    ground(tables.refused("enrollments", rows.enrollment() | {"grade": None}) is None, task=3)
    row = ruled_rows.enrollment()

    ruled.accepts("enrollments", row | {"grade": None}, "An enrollment without a grade", RULES)
    ruled.rejects("enrollments", row | {"grade": "6.0"}, "grade '6.0'", RULES)


@task(4, weight=2)
def test_course_does_not_require_itself(tables, rows, ruled, ruled_rows):
    """A course cannot require itself, but it can require another one."""
    ruled.ground("prerequisites")
    ruled.ran(RULES)
    ground(tables.refused("prerequisites", rows.prerequisite()) is None, task=3)
    row = ruled_rows.prerequisite()

    ruled.accepts("prerequisites", row, "A course that requires another one", RULES)
    ruled.rejects("prerequisites", row | {"required_id": row["course_id"]}, "a course that requires itself", RULES)


@task(5)
def test_transcript_of_the_sample(sampled):
    """With the rows from sample.sql, the transcript view has the seven rows with a grade."""
    sampled.view(sampled.academy.transcript())


@task(5, weight=2)
def test_transcript_has_each_grade(filled, academy):
    """The transcript view has one row per graded enrollment: number, name, code, title, year, term and grade."""
    filled.view(academy.transcript())


@task(6)
def test_credits_in_the_sample(sampled):
    """With the rows from sample.sql, queries/1_credits.sql returns the rows that README.md shows."""
    sampled.query("queries/1_credits.sql", sampled.academy.credits())


@task(6, weight=2)
def test_credits_of_each_student(filled, academy):
    """queries/1_credits.sql returns each student's number, name and credits from passed courses, ordered by number."""
    filled.query("queries/1_credits.sql", academy.credits())


@task(7)
def test_too_early_in_the_sample(sampled):
    """With the rows from sample.sql, queries/2_too_early.sql returns the rows that README.md shows."""
    sampled.query("queries/2_too_early.sql", sampled.academy.too_early())


@task(7, weight=2)
def test_courses_taken_too_early(filled, academy):
    """queries/2_too_early.sql returns number, code and missing for each required course that was not passed."""
    filled.query("queries/2_too_early.sql", academy.too_early())
