"""The log of acts: whose lines they are, whatever people call themselves, and how to read a long one."""

from __future__ import annotations

import re

from classroom.instructor.site import people
from classroom.instructor.site.models import STUDENT, Act, Person

LOG = "/class/log"
ROW = re.compile(r"<tr><td>[^<]*</td><td>([^<]*)</td><td>([^<]*)</td><td>([^<]*)</td></tr>")
CALLED = "x; adjusted Ada Lovelace (ada), week1-tiny: points 2=20"


def rows(browser, path=LOG):
    """Return the lines of a page: who, in which role, and what."""
    return ROW.findall(browser.look(path).text)


def test_student_with_the_name_of_the_staff_is_a_student(instructor, browser_of, code):
    """A student who types the instructor's name is not among the staff, and a token's name is quoted."""
    student = browser_of()
    student.look(f"/join/{code}")
    student.submit(f"/join/{code}", name="Instructor")
    student.look("/tokens/")
    student.submit("/tokens/", name=CALLED)

    assert {role for _, role, _ in rows(instructor)} == {"server"}
    said = rows(instructor, f"{LOG}?everyone=true")
    assert said[0] == ("Instructor", "student", f"made a token for scripts, called &#34;{CALLED}&#34;")
    assert said[1] == ("Instructor", "student", "joined as Instructor")


def test_long_log_has_pages(context, instructor):
    """Every line is on one of the pages, which lead from the latest lines to older ones."""
    with context.begin() as db:
        for number in range(450):
            people.record(db, people.instructor(db), f"did {number}")
            people.record(db, Person(role=STUDENT, username="ada", name="Ada"), f"saw {number}", "ada")

    page, seen = LOG, []
    while page:
        seen += [what for _, _, what in rows(instructor, page)]
        older = re.search(r'<a href="([^"]+)">Older', instructor.shown)
        page = older[1].replace("&amp;", "&") if older else None

    assert seen[:450] == [f"did {number}" for number in reversed(range(450))]
    assert len(seen) == 451


def test_line_of_an_earlier_version_has_no_role(context, instructor):
    """A line that was written before roles were is shown with those of the staff, as unknown."""
    with context.begin() as db:
        db.add(Act(by="Instructor", what="closed the week"))

    assert rows(instructor)[0] == ("Instructor", "unknown", "closed the week")
