"""What a new roster says of students besides their names, and what it has no column for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.instructor.spreadsheet import plain_heading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from classroom.instructor.student import Student

FIELDS = ("name", "email", "section")


@dataclass(frozen=True)
class Missing:
    """What a file has no column for.

    Attributes:
        fields: of a student.
        headings: that the file has, as `plain_heading` returns them.
        has_usernames: whether it has a column of usernames.
    """

    fields: tuple[str, ...]
    headings: frozenset[str]
    has_usernames: bool

    @classmethod
    def of(cls, headings: Iterable[str], columns: Collection[str]) -> Missing:
        """Return what a file with these headings lacks, of which these fields are read."""
        fields = tuple(name for name in FIELDS if name not in columns)
        return cls(fields, frozenset(map(plain_heading, headings)), "username" in columns)

    def filled(self, student: Student, before: Student) -> Student:
        """Return a student with what the roster before says and the file has no column for."""
        values = {name: getattr(student, name) or getattr(before, name) for name in self.fields}
        if not self.has_usernames:
            values |= {"login": before.login, "account": before.account}
        return replace(student, **values, other={**self._others(before), **student.other})

    def kept(self, before: Iterable[Student]) -> tuple[str, ...]:
        """Return the names of everything that one of these students keeps."""
        students = list(before)
        fields = [name for name in self.fields if any(getattr(student, name) for student in students)]
        return tuple(dict.fromkeys([*fields, *(name for student in students for name in self._others(student))]))

    def _others(self, student: Student) -> Mapping[str, str]:
        return {name: text for name, text in student.other.items() if plain_heading(name) not in self.headings}


def changed_cells(before: Student, now: Student) -> list[str]:
    """Return in words which cells of a student differ, apart from those that name the student."""
    pairs = [(name, getattr(before, name), getattr(now, name)) for name in ("email", "section")]
    old, new = _plain(before.other), _plain(now.other)
    for name in dict.fromkeys([*before.other, *now.other]):
        pairs.append((name, old.get(plain_heading(name), ""), new.get(plain_heading(name), "")))
    return list(dict.fromkeys(_words(*pair) for pair in pairs if pair[1] != pair[2]))


def _plain(cells: Mapping[str, str]) -> dict[str, str]:
    return {plain_heading(name): text for name, text in cells.items()}


def _words(name: str, before: str, now: str) -> str:
    if not before:
        return f"{name}: {now}"
    return f"{name}: {now} instead of {before}" if now else f"{name}: {before} is removed"
