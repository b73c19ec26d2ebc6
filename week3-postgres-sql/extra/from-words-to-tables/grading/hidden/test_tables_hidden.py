"""The rules of the visible checks, with other values."""

from classroom import expect, ground, task
from support.academy import Academy, Filled
from support.bench import ENTITIES, LINKS


@task(2)
def test_long_names_and_missing_emails(tables, rows):
    """Several students may have no email; names, titles and emails of a hundred characters are stored unchanged."""
    tables.made(ENTITIES)
    email = "a" * 60 + "@" + "b" * 27 + ".example.org"
    for _ in range(2):
        student = rows.student()
        del student["email"]
        tables.store("students", student)
    for table, row in (
        ("departments", rows.department() | {"name": "A" * 100}),
        ("students", rows.student() | {"name": "A" * 100, "email": email}),
        ("lecturers", {"name": "A" * 100}),
        ("courses", rows.course() | {"title": "A" * 100}),
    ):
        kept = tables.store(table, row)
        found = tables.database.rows(f"SELECT * FROM {table} WHERE id = %s", kept["id"])
        expect.that(found == [kept], f"{ENTITIES}: {table} stored {found}.")


@task(3)
def test_link_that_is_changed(tables, rows):
    """A link cannot be changed to point to a row that does not exist, and a grade keeps its decimal."""
    tables.ground("departments", "students", "lecturers", "courses")
    tables.made(LINKS)
    row = tables.store("enrollments", rows.enrollment())
    where = "WHERE offering_id = %s AND student_id = %s"
    pair = row["offering_id"], row["student_id"]

    found = tables.database.rows(f"SELECT grade::text AS grade FROM enrollments {where}", *pair)
    expect.that(
        float(found[0]["grade"]) == float(row["grade"]), f"{LINKS}: grade {row['grade']} became {found[0]['grade']}."
    )
    refused = tables.database.refuses(f"UPDATE enrollments SET student_id = 9999999 {where}", *pair)
    expect.that(refused, f"{LINKS}: an enrollment can be changed to a student who does not exist.")


@task(4)
def test_rules_hold_for_changes(tables, rows, ruled, ruled_rows):
    """The rules also apply when a row is updated, and a grade may still be unknown."""
    ruled.ground("courses", "offerings", "enrollments")
    ground(tables.refused("enrollments", rows.enrollment() | {"grade": None}) is None, task=3)
    row = ruled_rows.enrollment()
    ground(ruled.refused("enrollments", row) is None, task=3)
    ruled.store("enrollments", row)

    for sql in (
        "UPDATE enrollments SET grade = 5.5",
        "UPDATE courses SET credits = 0",
        "UPDATE offerings SET term = 'summer'",
    ):
        expect.that(ruled.database.refuses(sql), f"The database accepts {sql}.")
    error = ruled.database.refuses("UPDATE enrollments SET grade = NULL")
    expect.that(error is None, f"A grade cannot be unknown anymore: {error}")


class Other(Filled):
    """The course's tables with another academy."""


@task(5)
def test_transcript_follows_its_tables(made_once, draw):
    """The view shows the grades of another academy."""
    academy = Academy(draw)
    other = made_once(Other, academy)
    other.view(other.academy.transcript())


@task(6)
def test_credits_in_another_academy(made_once, draw):
    """queries/1_credits.sql returns the credits of another academy's students."""
    other = made_once(Other, Academy(draw))
    other.query("queries/1_credits.sql", other.academy.credits())


@task(7)
def test_too_early_in_another_academy(made_once, draw):
    """queries/2_too_early.sql returns what is missing at another academy."""
    other = made_once(Other, Academy(draw))
    other.query("queries/2_too_early.sql", other.academy.too_early())
