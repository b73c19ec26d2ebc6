"""Adjustments: what an instructor grants or changes, read from `adjustments.csv` at every grading."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.result import EXCUSED, GRADED, Adjustment
from classroom.core.text import one_line
from classroom.instructor.spreadsheet import plain_heading, read_table
from classroom.instructor.time_zone import days_later, moment_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from classroom.core.assignment import Assignment, Task
    from classroom.core.result import Result
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.teams import Teams

FILE = "adjustments.csv"
COLUMNS = ("student", "week", "kind", "value", "note")
EVERYBODY = "*"
KINDS = ("extension", "excuse", "waive", "points", "late", "comment")
FOR_STUDENT = re.compile(r"to (the )?student:\s*", re.IGNORECASE)  # begins a note that the student reads
LONGER = re.compile(r"\+(\d{1,3})([dh])")
POINTS = re.compile(r"(\d{1,3})\s*=\s*([+-]?\d{1,3})")


@dataclass(frozen=True)
class Entry:
    """One row of the file; `line` is where it is."""

    student: str
    week: str
    kind: str
    value: str = ""
    note: str = ""
    line: int = 0


@dataclass(frozen=True)
class Adjustments:
    """The adjustments of one week.

    Attributes:
        by_student: the entries of each student, by the name of the submission.
        for_all: the entries of everyone.
    """

    assignment: Assignment
    by_student: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    for_all: tuple[Entry, ...] = ()

    def of(self, name: str) -> tuple[Entry, ...]:
        """Return the entries that apply to a submission, in the order of the file."""
        entries = (*self.for_all, *self.by_student.get(name, ()))
        return tuple(sorted(entries, key=lambda entry: entry.line))

    def deadline(self, name: str, deadline: Deadline | None) -> Deadline | None:
        """Return a submission's own deadline: with its extension, and with no penalty if that is waived."""
        if deadline is None:
            return None
        for entry in self.of(name):
            if entry.kind == "extension":
                deadline = replace(deadline, moment=_extended(entry.value, deadline.moment, deadline.zone))
            elif entry.kind == "late":
                deadline = replace(deadline, points=0)
        return deadline

    def excuse(self, name: str) -> Entry | None:
        """Return the entry that excuses a student, or None."""
        return next((entry for entry in self.of(name) if entry.kind == "excuse"), None)

    def apply(self, result: Result, deadline: Deadline | None = None) -> Result:
        """Return a result with its adjustments in place of any that it has; its score is without a late penalty."""
        result = replace(result, adjustments=())
        for entry in self.of(result.submission):
            for change in _changes(entry, result, deadline):
                result = replace(result, adjustments=(*result.adjustments, change))
        if self.excuse(result.submission):
            return replace(result, status=EXCUSED, score=None, bonus=0, reason=None)
        if result.status == GRADED:
            bonus = sum(result.points(task) for task in result.tasks if task.bonus)
            return replace(result, score=result.total, bonus=bonus)
        return result


def _changes(entry: Entry, result: Result, deadline: Deadline | None) -> list[Adjustment]:
    """Return what an entry changes about a result, which holds the changes before it."""

    def made(text: str, task: int | None = None, points: int = 0) -> Adjustment:
        if told := FOR_STUDENT.match(entry.note):
            return Adjustment(entry.kind, f"{text} {entry.note[told.end() :]}".strip(), task, points)
        return Adjustment(entry.kind, text, task, points, entry.note)

    if entry.kind == "extension" and deadline:
        return [made(f"Your deadline is {shown(deadline.moment, deadline.zone)}.")]
    if entry.kind == "excuse":
        return [made("You are excused from this week.")]
    if entry.kind == "late":
        return [made("No points are taken off for being late.")]
    if entry.kind == "comment":
        return [made(entry.value)]
    if entry.kind not in ("waive", "points"):
        return []
    wanted = int(entry.value.partition("=")[0])
    if result.status not in (GRADED, EXCUSED) and entry.student != EVERYBODY:
        return [made(f"Task {wanted}: its points are not changed, because nothing was graded.")]
    for task in result.tasks if result.status == GRADED else ():
        if task.number == wanted:
            points = _points(entry, result.points(task), task.points)
            return [
                made(_sentence(entry, task.number, points, result.points(task)), wanted, points - result.points(task))
            ]
    return []


def _points(entry: Entry, now: int, most: int) -> int:
    """Return a task's points after an entry."""
    if entry.kind == "waive":
        return most
    value = entry.value.partition("=")[2].strip()
    return max(0, min(most, now + int(value) if value[0] in "+-" else int(value)))


def _sentence(entry: Entry, task: int, points: int, before: int) -> str:
    if entry.kind == "waive":
        return (
            f"Task {task} counts in full for everyone: {points} points."
            if entry.student == EVERYBODY
            else (f"Task {task} counts in full: {points} points.")
        )
    return f"Task {task}: {points} points instead of {before}."


def read_adjustments(
    path: Path,
    assignment: Assignment,
    weeks: Sequence[str],
    find: Callable[[str], str | None],
    teams: Teams | None = None,
) -> Adjustments:
    """Return the adjustments of a week.

    Args:
        path: the file.
        assignment: the week.
        weeks: the names of all weeks of the course.
        find: returns the name of a student's submission, or None if there is no such student.
        teams: of the week, if it has any: a row can name a team, and then applies to each member.

    Raises:
        UsageError: the file cannot be read, or a row names nobody, no week or no task, or an impossible value.
    """
    by_student: dict[str, tuple[Entry, ...]] = {}
    for_all: list[Entry] = []
    for entry in read_entries(path):
        where = f"{path}, line {entry.line}"
        if entry.week not in weeks:
            raise UsageError(f"{where}: there is no week {one_line(entry.week)}; the weeks are {', '.join(weeks)}.")
        if entry.week != assignment.name:
            continue
        if problem := problem_of(entry, assignment.tasks):
            raise UsageError(f"{where}: {problem}")
        if entry.student == EVERYBODY:
            for_all.append(entry)
        elif team := teams.named(entry.student.casefold()) if teams else None:
            for each in (team.name, *team.members):
                by_student[each] = (*by_student.get(each, ()), entry)
        elif (name := _found(entry.student, find, where)) is None:
            raise UsageError(
                f"{where}: there is no student {one_line(entry.student)} on the roster or among the submissions."
            )
        else:
            by_student[name] = (*by_student.get(name, ()), entry)
    return Adjustments(assignment, by_student, tuple(for_all))


def _found(student: str, find: Callable[[str], str | None], where: str) -> str | None:
    try:
        return find(student)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def adjustments_near(submissions: Path, roster: Path | None = None) -> Path | None:
    """Return the file in the folder of the submissions, next to it, or next to the roster; None if it does not exist."""
    folders = (submissions, submissions.parent, *([roster.parent] if roster else []))
    return next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)


def read_entries(path: Path) -> list[Entry]:
    """Return every row of the file.

    Raises:
        UsageError: the file cannot be read, lacks a column, or a row has no known kind.
    """
    table = read_table(path, COLUMNS)
    at = {plain_heading(heading): index for index, heading in enumerate(table.headings)}
    if missing := [name for name in COLUMNS if name not in at]:
        raise UsageError(f"{path} has no column {missing[0]}: its first line must be {','.join(COLUMNS)}.")
    found = []
    for row in table.rows:
        cells = [*row.cells, *[""] * len(at)]
        student, week, kind, value, note = (cells[at[name]] for name in COLUMNS)
        entry = Entry(student, week, kind.casefold(), value, note, row.line)
        if entry.kind not in KINDS:
            raise UsageError(f"{path}, line {row.line}: {one_line(entry.kind)!r} is not one of {', '.join(KINDS)}.")
        found.append(entry)
    return found


def problem_of(entry: Entry, tasks: Sequence[Task]) -> str | None:
    """Return what is wrong with a row's value, or None."""
    points = {task.number: task.points for task in tasks}
    match entry.kind:
        case "extension":
            try:
                _extended(entry.value, datetime.now().astimezone())
            except (UsageError, OverflowError):
                return f"{one_line(entry.value)!r} is not a time: write 2026-12-03T23:59+01:00, or +2d or +36h."
        case "waive":
            if not entry.value.isdecimal() or int(entry.value) not in points:
                return f"there is no task {one_line(entry.value)!r}; the tasks are 1 to {len(points)}."
        case "points":
            found = POINTS.fullmatch(entry.value)
            if not found:
                return f"{one_line(entry.value)!r} is not a change to points: write 6=+5, 6=-5 or 6=10."
            if int(found[1]) not in points:
                return f"there is no task {found[1]}; the tasks are 1 to {len(points)}."
            if abs(int(found[2])) > points[int(found[1])]:
                return f"task {found[1]} has {points[int(found[1])]} points, so {found[2]} is too much."
        case "late":
            if entry.value.casefold() != "none":
                return f"{one_line(entry.value)!r} is not known: write none, for no late penalty."
        case "comment":
            return None if entry.value else "the comment is empty."
    return None


def _extended(text: str, moment: datetime, zone: tzinfo | None = None) -> datetime:
    """Return when an extension ends: a time, or a number of hours after a moment, or days at the same time of day."""
    if found := LONGER.fullmatch(text.strip()):
        if found[2] == "h":
            return moment + timedelta(hours=int(found[1]))
        return days_later(moment, int(found[1]), zone)
    return moment_of(text, zone)
