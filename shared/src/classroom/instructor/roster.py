"""The roster of a course: its students, read from the export of any platform, and compared with the one before."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.text import folded, one_line
from classroom.instructor.roster_cells import Missing, changed_cells
from classroom.instructor.roster_headings import HEADINGS, KNOWN, NOT_STUDENTS, PLATFORM_IDS
from classroom.instructor.spreadsheet import Row, plain_heading, read_table
from classroom.instructor.student import Student
from classroom.instructor.username import is_safe, plain, unused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ("COLUMNS", "DROPPED", "Roster", "Student", "former_students", "read_roster", "write_roster")
# The form of GitHub Classroom's roster, in which ours is written.
COLUMNS = ("identifier", "github_username", "github_id", "name")
DROPPED = ".classroom/dropped.csv"  # next to a classroom's roster: who left, and what their repositories are called
LISTED_NAME = re.compile(r"[^,;\t]+(, [^,;\t]+)?")  # `Ada Lovelace` or `Lovelace, Ada`


@dataclass(frozen=True)
class Roster:
    """The students of a course, how the file was understood, and what changed since the roster before.

    Attributes:
        columns: for each field the heading of the column that it was read from.
        unused: headings of columns that are kept and not interpreted.
        skipped: rows that are not students, each with its line.
        added: students who are new.
        renamed: students with another identifier, username or name than before: before and now.
        dropped: students who were on the roster but no longer are.
        updated: students of whom only other cells have changed, such as the email address: before and now.
        kept: what the file has no column for, and the students therefore keep from the roster before.
    """

    students: tuple[Student, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    added: tuple[Student, ...] = ()
    renamed: tuple[tuple[Student, Student], ...] = ()
    dropped: tuple[Student, ...] = ()
    updated: tuple[tuple[Student, Student], ...] = ()
    kept: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Student]:
        return iter(self.students)

    def __len__(self) -> int:
        return len(self.students)

    @property
    def is_change(self) -> bool:
        """Whether there was a roster before, and it had other students or names."""
        return bool(self.renamed or self.dropped or (self.added and len(self.added) < len(self.students)))

    def find(self, name: str) -> Student | None:
        """Return the student with this username, identifier, email or name, in any letter case; None if nobody has it."""
        return next((index[folded(name)] for index in self._indexes if folded(name) in index), None)

    @cached_property
    def _indexes(self) -> list[dict[str, Student]]:
        """The students by each attribute that can name them, without the values that two of them share."""
        indexes = []
        for key in ("username", "login", "identifier", "email", "name"):
            values = Counter(folded(getattr(student, key)) for student in self.students)
            by_value = {folded(getattr(student, key)): student for student in self.students}
            indexes.append({value: student for value, student in by_value.items() if value and values[value] == 1})
        return indexes

    def summary(self) -> str:
        """Return one line that says which columns were used for what, and what was left out."""
        columns = ", ".join(f"{name} from {heading!r}" for name, heading in self.columns.items())
        parts = [f"{len(self)} {'student' if len(self) == 1 else 'students'}", columns or "a list of names"]
        parts += [f"not used: {', '.join(map(repr, self.unused))}"] if self.unused else []
        parts += [f"kept from the roster before: {', '.join(self.kept)}"] if self.kept else []
        parts += [f"skipped: {', '.join(self.skipped)}"] if self.skipped else []
        return "; ".join(parts)


@dataclass(frozen=True)
class _Entry:
    """A row of the roster: its line, the username that it has, and the student, who has none yet."""

    line: int
    login: str
    student: Student


def read_roster(path: Path, known: Sequence[Student] = (), former: Sequence[Student] = ()) -> Roster:
    """Return the roster in a CSV file, each student with a username that is safe in a path and unique.

    Args:
        path: an export of GitHub Classroom, Classroom 50, Canvas, Moodle or a spreadsheet, or a list of names.
        known: students of the roster before, who keep their usernames. A student is recognized by identifier, email
            or username, in this order.
        former: students dropped earlier, whose usernames nobody else gets; one who returns counts as added.

    Raises:
        UsageError: the file cannot be read, no column names a student, nobody is on it, or someone is on it twice.
    """
    table = read_table(path, KNOWN)
    if table.headings:
        columns = _columns(table.headings)
        entries, skipped = _entries(table.headings, table.rows, columns)
    elif all(len(row.cells) == 1 and LISTED_NAME.fullmatch(row.cells[0]) for row in table.rows):
        columns, skipped = {}, ()
        entries = [_Entry(row.line, "", Student("", row.cells[0], row.cells[0])) for row in table.rows]
    else:
        found = ", ".join(map(one_line, table.rows[0].cells))
        raise UsageError(
            f"{path} has no column that names the students; its first row is: {found}. "
            "Name one of its columns identifier, username, email or name."
        )
    if not entries:
        raise UsageError(f"There are no students in {path}.")
    _ensure_unique(path, entries)
    missing = Missing.of(table.headings, columns)
    used = {heading for headings in columns.values() for heading in headings}
    return replace(
        _merged(entries, known, former, missing),
        columns={name: " and ".join(headings) for name, headings in columns.items()},
        unused=tuple(heading for heading in table.headings if heading and heading not in used),
        skipped=skipped,
    )


def former_students(roster: Path) -> list[Student]:
    """Return the students who were dropped from the roster of a classroom; of any other roster none."""
    path = roster.parent / DROPPED
    names = {student.username for student in read_roster(roster)} if path.is_file() else set()
    return [student for student in read_roster(path) if student.username not in names] if path.is_file() else []


def write_roster(path: Path, students: Iterable[Student]) -> None:
    """Write the students in the form of GitHub Classroom's roster, and after it what else is known of them."""
    students = list(students)
    more = {"email": "email", "section": "section", "login": "current_username"}
    more = {name: heading for name, heading in more.items() if any(getattr(student, name) for student in students)}
    other = list(dict.fromkeys(heading for student in students for heading in student.other if heading not in COLUMNS))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow([*COLUMNS, *more.values(), *other])
    for student in students:
        first = (student.identifier, student.username, student.other.get("github_id", ""), student.name)
        rest = (student.other.get(heading, "") for heading in other)
        writer.writerow([*first, *(getattr(student, name) for name in more), *rest])
    write_atomic(path, text.getvalue())


def _columns(headings: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the headings that each field is read from."""
    by_plain = {plain_heading(heading): heading for heading in reversed(headings)}
    found = {}
    for name, candidates in HEADINGS.items():
        if heading := next((by_plain[candidate] for candidate in candidates if candidate in by_plain), None):
            found[name] = (heading,)
    parts = found.pop("first_name", ()) + found.pop("last_name", ())
    return found | ({"name": parts} if parts and "name" not in found else {})


def _entries(
    headings: Sequence[str], rows: Iterable[Row], columns: Mapping[str, Sequence[str]]
) -> tuple[list[_Entry], tuple[str, ...]]:
    """Return the rows that are students, and a description of each row that a platform adds and is not one."""
    used = {heading for names in columns.values() for heading in names}
    entries, skipped = [], []
    for row in rows:
        cells = dict(reversed(list(zip(headings, row.cells, strict=False))))  # of two equal headings the first counts
        values = {
            name: " ".join(filter(None, (cells.get(heading, "") for heading in names)))
            for name, names in columns.items()
        }
        login = values.pop("username", "")
        if values.get("name", "").casefold() in NOT_STUDENTS:
            skipped.append(f"line {row.line} ({one_line(values['name'])})")
            continue
        values["identifier"] = values.get("identifier") or (
            "" if login else values.get("email") or values.get("name", "")
        )
        other = {heading: cells[heading] for heading in headings if cells.get(heading) and _is_kept(heading, used)}
        if login or values["identifier"]:
            entries.append(_Entry(row.line, login, Student("", **values, other=other)))
    return entries, tuple(skipped)


def _is_kept(heading: str, used: Collection[str]) -> bool:
    """Return whether a column is kept under its own heading: it is not used otherwise, or it holds a platform's ids."""
    return heading not in used or plain_heading(heading) in PLATFORM_IDS


def _ensure_unique(path: Path, entries: Iterable[_Entry]) -> None:
    """Raise UsageError if two rows share an identifier, a username or an email."""
    lines = dict[tuple[str, str], int]()
    for entry in entries:
        keys = (("identifier", entry.student.identifier), ("username", entry.login), ("email", entry.student.email))
        for name, text in keys:
            first = lines.setdefault((name, folded(text)), entry.line) if text else entry.line
            if first != entry.line:
                raise UsageError(
                    f"{path}, line {entry.line}: the {name} {one_line(text)} is also on line {first}. "
                    f"Give each student a different {name}, or remove one of the lines."
                )


def _merged(entries: Sequence[_Entry], known: Sequence[Student], former: Sequence[Student], missing: Missing) -> Roster:
    """Give each entry the username of the student that it was before, or else a new one."""
    before = _recognized(entries, [*known, *former])
    taken = {student.username.casefold() for student in (*known, *former)}
    accounts = {entry.login.casefold() for entry in entries if is_safe(entry.login)}
    students, added, renamed, updated = [], [], [], []
    for position, entry in enumerate(entries):
        old, is_account = before.get(position), is_safe(entry.login)
        # A username that is made up must not be another student's account: repositories are named after accounts.
        username = old.username if old else unused(_username(entry), taken if is_account else taken | accounts)
        taken.add(username.casefold())
        account = entry.student.login or entry.login
        login = account if entry.student.login or account.casefold() != username.casefold() else ""
        student = replace(entry.student, username=username, login=login, account=account)
        student = missing.filled(student, old) if old else student
        students.append(student)
        if old is None or old in former:
            added.append(student)
        elif _is_renamed(entry, old):
            renamed.append((old, student))
        elif changed_cells(old, student):
            updated.append((old, student))
    dropped = [student for student in known if student not in before.values()]
    return Roster(
        tuple(students),
        added=tuple(added),
        renamed=tuple(renamed),
        dropped=tuple(dropped),
        updated=tuple(updated),
        kept=missing.kept(before.values()),
    )


def _is_renamed(entry: _Entry, old: Student) -> bool:
    """Return whether a student has another identifier, name or username than before; a cell that was empty is not one."""
    pairs = [(entry.student.identifier, old.identifier), (entry.student.name, old.name)]
    pairs += [(entry.login.casefold(), (old.login or old.username).casefold())]
    return any(now and before and now != before for now, before in pairs)


def _recognized(entries: Sequence[_Entry], known: Sequence[Student]) -> dict[int, Student]:
    """Return which entry, by its position, is which student of the roster before; each of them once."""
    found: dict[int, Student] = {}
    for key in ("identifier", "email", "username"):
        by_key = {folded(text): student for student in known if (text := getattr(student, key))}
        if key == "username":
            by_key |= {folded(student.login): student for student in known if student.login}
        for position, entry in enumerate(entries):
            text = entry.login if key == "username" else getattr(entry.student, key)
            student = by_key.get(folded(text))
            if position not in found and student and student not in found.values():
                found[position] = student
    return found


def _username(entry: _Entry) -> str:
    """Return the username of the roster if a path can hold it, or else one made of what is known of the student."""
    if is_safe(entry.login):
        return entry.login
    return plain(entry.login or entry.student.email.partition("@")[0] or entry.student.identifier)
