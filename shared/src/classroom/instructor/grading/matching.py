"""Recognize the students of a grading in another list of the same people, such as a learning platform's export."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from classroom.core.text import folded

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

    Of two who could be the same one, such as students of one name, the one who agrees with it in more counts.

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
    agreeing: dict[str, Counter[str]] = defaultdict(Counter)
    for name, student in found.items():
        agreeing[student.username][name] = _agreement(students[name], student)
    return {name: student for name, student in found.items() if _is_first(name, agreeing[student.username])}


def _agreement(student: Student, other: Student) -> int:
    """Return in how much a student here agrees with one of the other list."""
    pairs = ((_key(student, here), _comparable(_attribute(other, there))) for here, there in SAME)
    return sum(one == two != "" for one, two in pairs)


def _is_first(name: str, counts: Counter[str]) -> bool:
    """Return whether a name has the highest count, and no other name has the same."""
    return all(count < counts[name] for other, count in counts.items() if other != name)


def _index(roster: Roster, attribute: str) -> dict[str, Student]:
    """Return the students by an attribute, without the values that two of them share."""
    counts = Counter(_comparable(_attribute(student, attribute)) for student in roster)
    return {
        key: student for student in roster if (key := _comparable(_attribute(student, attribute))) and counts[key] == 1
    }


def _attribute(student: Student, attribute: str) -> str:
    """Return an attribute in the other list, where a username that was made up from the name or the email is nobody's."""
    return str(getattr(student, "account" if attribute == "username" else attribute))


def _key(student: Student, attribute: str) -> str:
    return _comparable(student.login or student.username if attribute == "username" else getattr(student, attribute))


def _comparable(text: str) -> str:
    """Return what can be compared: `Lovelace, Ada` is Ada Lovelace, in any letter case."""
    last, comma, first = text.partition(", ")
    return " ".join(folded(f"{first} {last}" if comma else text).split())
