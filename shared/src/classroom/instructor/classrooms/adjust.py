"""Adjust a classroom: grant, excuse or change points in `adjustments.csv`, for the command and for the site."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.locks import owned
from classroom.core.text import one_line
from classroom.instructor.classrooms.classroom import ROSTER
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.ownership import ensure_writable
from classroom.instructor.grading.adjustment_rows import add_entry, remove_entry
from classroom.instructor.grading.adjustments import EVERYBODY, FILE, Entry
from classroom.instructor.named_student import named_student
from classroom.instructor.roster import Roster, former_students, read_roster
from classroom.instructor.teams import LOCK, read_teams

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.instructor.classrooms.classroom import Classroom

LOCK_SECONDS = 20


def entry_of(student: str, week: str, kind: str, value: str, note: str, *, show_note: bool) -> Entry:
    """Return an adjustment as someone has asked for it.

    Args:
        student: username, identifier, email or name; a team's name; `*` for everyone.
        week: its name.
        kind: of the adjustment.
        value: what it needs; `none` may be left out for `late`.
        note: the reason.
        show_note: whether the student reads the reason.
    """
    value = "none" if kind == "late" and not value else value
    return Entry(student, week, kind, value, f"to student: {note}" if note and show_note else note)


def adjust(folder: Path, assignment: Assignment, entry: Entry, classroom: Classroom | None = None) -> Path:
    """Add an adjustment, and tell the hooks of a classroom; return the file.

    Args:
        folder: the classroom, or the folder of the submissions.
        assignment: the week.
        entry: the adjustment.
        classroom: the one in the folder, if there is one.

    Raises:
        UsageError: there is no such student, the adjustment is not valid, or the file cannot be read.
        CouldNotCheck: the folder cannot be used, or somebody else is adjusting it and does not finish.
    """
    if classroom:
        ensure_writable(folder)
    # A team must not be left and removed in between: a row that names nobody makes the whole file invalid.
    teams_lock = owned(classroom.state_dir / LOCK, LOCK_SECONDS) if classroom else contextlib.nullcontext()
    with teams_lock, _lock(folder, classroom):
        teams = read_teams(folder / assignment.name) or read_teams(folder)
        if not (teams and teams.named(entry.student.casefold())):
            _ensure_student(folder / ROSTER, entry.student)
        add_entry(folder / FILE, entry, tasks=assignment.tasks)
    if classroom:
        DueDates(classroom).refresh()
    return folder / FILE


def undo(classroom: Classroom, entry: Entry) -> None:
    """Remove an adjustment, and tell the hooks.

    Raises:
        UsageError: it is not in the file anymore, or the file cannot be read.
    """
    ensure_writable(classroom.folder)
    with _lock(classroom.folder, classroom):
        remove_entry(classroom.folder / FILE, entry)
    DueDates(classroom).refresh()


def _lock(folder: Path, classroom: Classroom | None) -> AbstractContextManager[object]:
    """Return the lock that is held by what changes the adjustments in a folder, which may be a classroom."""
    return owned(classroom.state_dir / "adjustments.lock" if classroom else folder / ".adjustments.lock", LOCK_SECONDS)


def _ensure_student(roster: Path, student: str) -> None:
    """Raise UsageError if nobody with this name is or was on the roster."""
    if student == EVERYBODY or not roster.is_file():
        return
    lists = read_roster(roster), Roster(tuple(former_students(roster)))
    if named_student(student, *lists) is None:
        raise UsageError(f"There is no student {one_line(student)} in {roster} or among those dropped from it.")
