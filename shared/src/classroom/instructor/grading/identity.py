"""Who is the same person in several gradings: a username can change, and one that was made up depends on the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.text import folded
from classroom.instructor.username import unused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from classroom.instructor.roster import Student

    Key = tuple[str, Callable[[str], str]]

# What tells that two students are one person, the surest first: an attribute, and what of it is compared.
# An identifier may be no more than the number of a row, and two folders can have one name in different letter case.
KEYS: tuple[Key, ...] = (
    ("account", folded),
    ("identifier", folded),
    ("email", folded),
    ("username", str),
    ("username", folded),
)


class Identities:
    """The students of several gradings, each under one name: the username in the grading that is given first."""

    def __init__(self) -> None:
        self._names: dict[Key, dict[str, str]] = {key: {} for key in KEYS}
        self._students: dict[str, Student] = {}

    def names(self, people: Mapping[str, Student]) -> dict[str, str]:
        """Return the name of each student of a grading, by the same keys; no two of them have the same one."""
        found: dict[str, str] = {}
        used: set[str] = set()
        for key in KEYS:
            for place, student in people.items():
                name = self._names[key].get(_value(student, key))
                if place not in found and name and name not in used and self._may_be(name, student, key):
                    found[place] = name
                    used.add(name)
        for place, student in people.items():
            if place not in found:
                found[place] = self._new(student)
            self._remember(found[place], student)
        return found

    def _may_be(self, name: str, student: Student, key: Key) -> bool:
        """Return whether a student can be the known one, although something else about them may differ."""
        known = self._students[name]
        if key[0] == "identifier":  # of a table whose rows are numbered, and were numbered again
            return not (_differ(known.name, student.name) and _differ_in_any(known, student, ("account", "email")))
        if key[0] == "username":  # made up from the order of a roster, unless both are accounts
            return bool(known.account and student.account) or not _differ(known.identifier, student.identifier)
        return True

    def _new(self, student: Student) -> str:
        taken = {known.casefold() for known in self._students}
        name = unused(student.username, taken) if student.username in self._students else student.username
        self._students[name] = student
        return name

    def _remember(self, name: str, student: Student) -> None:
        for key in KEYS:
            if text := _value(student, key):
                self._names[key].setdefault(text, name)


def _value(student: Student, key: Key) -> str:
    attribute, comparable = key
    return comparable(getattr(student, attribute))


def _differ(one: str, other: str) -> bool:
    """Return whether both are known, and not the same."""
    return bool(one and other) and folded(one) != folded(other)


def _differ_in_any(one: Student, other: Student, attributes: Iterable[str]) -> bool:
    return any(_differ(getattr(one, name), getattr(other, name)) for name in attributes)
