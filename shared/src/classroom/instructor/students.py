"""The students of a classroom in a folder: who they are, and under which name each works there."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.text import one_line
from classroom.instructor.roster import COLUMNS, roster_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LONGEST = 60
# Letters that are no letter with an accent.
SPELLED = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "Ae", "đ": "d"})
# Names that Windows keeps for itself, and git's own.
TAKEN = {"con", "prn", "aux", "nul", "git", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}


@dataclass(frozen=True)
class Student:
    """One student.

    Attributes:
        identifier: what the instructor calls the student, kept letter by letter.
        username: what the student is called in paths and results: letters, digits and `. _ -` alone.
        github_id: as the roster had it.
        name: as the roster had it.
    """

    identifier: str
    username: str
    github_id: str = ""
    name: str = ""


def read_students(path: Path, known: Iterable[Student] = ()) -> list[Student]:
    """The students of a roster or a gradebook, as GitHub Classroom exports them, each with a name that a path can bear.

    Args:
        path: the CSV file; one that a spreadsheet has saved with semicolons or tabs, or in UTF-16, is read, too.
        known: students that have their names here already and keep them.

    Raises:
        UsageError: it cannot be read, has no such columns, or has somebody twice.
    """
    known = list(known)
    by_identifier = {one.identifier.casefold(): one for one in known if one.identifier}
    by_username = {one.username.casefold(): one for one in known}
    names = set(by_username)
    students = []
    for row in _without_doubles(path, roster_rows(path)):
        identifier, username = row["identifier"], row["github_username"]
        student = by_identifier.get(identifier.casefold()) or by_username.get(username.casefold())
        if student is None:
            name = _free(_plain(username or identifier), names)
            names.add(name.casefold())
            student = Student(identifier, name, row["github_id"], row["name"])
        students.append(student)
    if not students:
        raise UsageError(f"There is no student in {path}.")
    return students


def write_students(path: Path, students: Iterable[Student]) -> None:
    """Write the students as a roster in GitHub Classroom's form, with the names they have here."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in students:
        writer.writerow([one.identifier, one.username, one.github_id, one.name])
    write_atomic(path, text.getvalue())


def _without_doubles(path: Path, rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """The rows that name somebody.

    Raises:
        UsageError: two rows share an identifier or a username.
    """
    kept, lines = [], dict[tuple[str, str], int]()
    for line, row in enumerate(rows, start=2):
        keys = [(column, row[column]) for column in ("identifier", "github_username") if row[column]]
        for column, text in keys:
            first = lines.setdefault((column, text.casefold()), line)
            if first != line:
                raise UsageError(
                    f"{path}, row {line}: the {column} {one_line(text)} stands in row {first}, too. "
                    "Give each student an identifier and a username of their own."
                )
        if keys:
            kept.append(row)
    return kept


def _plain(name: str) -> str:
    """The name without accents, and with a hyphen for all that a path, a shell or an address could stumble over."""
    letters = unicodedata.normalize("NFKD", name.translate(SPELLED))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = re.sub(r"[^A-Za-z0-9._]+", "-", letters)
    plain = re.sub(r"\.{2,}", ".", plain).strip("-._")
    plain = plain[:LONGEST].rstrip("-._").removesuffix(".git").removesuffix(".lock")
    return plain if plain and plain.partition(".")[0].casefold() not in TAKEN else f"student-{plain}".rstrip("-")


def _free(name: str, taken: set[str]) -> str:
    """The name, or the name with the first number that makes it nobody else's; case alone makes no difference."""
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{name}-{number}"
    return free
