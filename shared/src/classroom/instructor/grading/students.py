"""Who the results of a folder belong to, `students.json`: the students of the roster by the name of their submission."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from classroom.core.files import write_atomic
from classroom.core.text import folded
from classroom.instructor.grading.results import GRADED_AT, ResultFolder
from classroom.instructor.roster import Roster, Student, read_roster

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "students.json"
ROSTER = "roster.json"  # all students of the last grading of all, by username, with which the next roster is compared


def write_students(out: Path, students: Mapping[str, Student], file: str = FILE) -> None:
    """Write the students next to their results, so that later commands know their names and need no roster."""
    table = {name: asdict(student) for name, student in sorted(students.items())}
    write_atomic(out / file, json.dumps(table, indent=1, ensure_ascii=False) + "\n")


def read_students(out: Path, file: str = FILE) -> dict[str, Student]:
    """Return the students by the name of their submission; empty if the grading had no roster."""
    try:
        table = json.loads((out / file).read_text(encoding="utf-8"))
        return {name: _student(cells) for name, cells in table.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def last_roster(out: Path, students: Mapping[str, Student]) -> dict[str, Student]:
    """Return who else was on the roster of the last grading of all: those of whom an interrupted grading has no result yet.

    Args:
        out: the folder of the grading.
        students: those with a result; without any the grading had no roster.
    """
    there = {folded(text) for one in students.values() for text in (one.username, one.identifier) if text}
    rest = read_students(out, ROSTER) if students else {}
    return {
        name: student
        for name, student in rest.items()
        if name not in students and there.isdisjoint((folded(student.username), folded(student.identifier)))
    }


def graded_at(out: Path) -> float:
    """Return when all students were last graded with a roster, in seconds; a grading of some does not count."""
    with contextlib.suppress(KeyError, TypeError, ValueError):
        return datetime.fromisoformat(ResultFolder(out).settings()[GRADED_AT]).timestamp()
    # An earlier version of the kit has not written it down, and a copy of the folder can have any times.
    path = out / ROSTER
    return (path if path.exists() else out / FILE).stat().st_mtime


def roster_changes(path: Path, out: Path, submissions: Path) -> Roster:
    """Return a roster that knows what changed since the earlier grading, or else since the classroom's roster.

    Args:
        path: the roster.
        out: the folder of the grading.
        submissions: the folder of the submissions, which may be in a classroom.

    Raises:
        UsageError: a roster cannot be read.
    """
    return read_roster(path, _known(out, submissions))


def earlier_students(out: Path, submissions: Path) -> list[Student]:
    """Return the students as earlier gradings knew them, of this week and of those next to it, the newest last."""
    paths = [path for path in out.resolve().parent.glob(f"*/{ROSTER}") if path.parent != out.resolve()]
    others = (read_students(path.parent, ROSTER) for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns))
    return [*(student for found in others for student in found.values()), *_known(out, submissions)]


def _known(out: Path, submissions: Path) -> list[Student]:
    # An earlier version of the kit has written only the students with a result: with a roster, all of them.
    known = list((read_students(out, ROSTER) or read_students(out)).values())
    own = submissions.resolve().parent / "roster.csv"
    if not known and is_classrooms(own) and own.is_file():
        known = list(read_roster(own))
    return known


def is_classrooms(roster: Path) -> bool:
    """Return whether a roster is a classroom's own, whose changes `open` has asked about."""
    return (roster.resolve().parent / ".classroom/inbox").is_dir()


def _student(cells: dict[str, Any]) -> Student:
    """Return a student read back.

    Raises:
        TypeError: another version of the kit wrote it.
    """
    return Student(**cells)
