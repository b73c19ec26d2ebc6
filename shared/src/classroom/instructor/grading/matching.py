"""Recognize the students of a grading in another list of the same people, such as a learning platform's export."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classroom.instructor.roster import Roster, Student

# What names a student in two rosters alike, the surest first: the attribute here, and there.
SAME = (
    *(("email", "email"), ("identifier", "identifier"), ("username", "username"), ("name", "name")),
    *(("identifier", "email"), ("identifier", "name"), ("username", "identifier")),
)


def matched(students: Mapping[str, Student], roster: Roster) -> dict[str, Student]:
    """Return each student as the roster has them; without those who could be two, or whom two could be.

    Args:
        students: by any key, which the result has, too.
        roster: the other list.
    """
    indexes = {there: _index(roster, there) for _, there in SAME}
    found = {}
    for name, student in students.items():
        matches = (indexes[there].get(_key(student, here)) for here, there in SAME)
        if match := next(filter(None, matches), None):
            found[name] = match
    counts = Counter(student.username for student in found.values())
    return {name: student for name, student in found.items() if counts[student.username] == 1}


def _index(roster: Roster, attribute: str) -> dict[str, Student]:
    """Return the students by an attribute, without the values that two of them share."""
    if attribute == "username":
        attribute = "account"  # a username that was made up from the name or the email is nobody's
    counts = Counter(_comparable(getattr(student, attribute)) for student in roster)
    return {
        key: student for student in roster if (key := _comparable(getattr(student, attribute))) and counts[key] == 1
    }


def _key(student: Student, attribute: str) -> str:
    return _comparable(student.login or student.username if attribute == "username" else getattr(student, attribute))


def _comparable(text: str) -> str:
    """Return what can be compared: `Lovelace, Ada` is Ada Lovelace, in any letter case."""
    last, comma, first = text.partition(", ")
    return " ".join((f"{first} {last}" if comma else text).casefold().split())
