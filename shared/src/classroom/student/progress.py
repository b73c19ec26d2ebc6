"""The progress of a course: each week with its extra exercises, and the result of the last check."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.assignment import Assignment, weeks
from classroom.core.course import extras
from classroom.core.errors import ClassroomError
from classroom.student.workspace import last_result

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.core.result import Result


@dataclass(frozen=True)
class Progress:
    """A week, the result of its last check, and its extras; an extra has no number, nor has a week without one."""

    number: int | None
    assignment: Assignment
    result: Result | None
    extras: tuple[Progress, ...] = ()


def progress(top: Path, log: Callable[[str], None] = lambda _: None) -> list[Progress]:
    """Return every week of a course that can be loaded, with the result of its last check.

    Args:
        top: the course's folder.
        log: called with the reason why a week cannot be loaded.
    """
    found = []
    for number, folder in weeks(top).items():
        try:
            assignment = Assignment.load(folder)
        except ClassroomError as error:
            log(str(error))
            continue
        found.append(progress_of(number, assignment, log))
    return found


def progress_around(assignment: Assignment, log: Callable[[str], None] = lambda _: None) -> Progress:
    """Return the progress of the week that a week or an extra is in, for one that was handed out without the course."""
    week = Assignment.load(assignment.week) if assignment.week else assignment
    number = re.match(r"week(\d+)", week.name)
    return progress_of(int(number[1]) if number else None, week, log)


def progress_of(number: int | None, week: Assignment, log: Callable[[str], None] = lambda _: None) -> Progress:
    """Return a week with the result of its last check, and its extras that can be loaded."""
    done = []
    for folder in extras(week.folder).values():
        try:
            extra = Assignment.load(folder)
        except ClassroomError as error:
            log(str(error))
            continue
        done.append(Progress(None, extra, last_result(extra)))
    return Progress(number, week, last_result(week), tuple(done))
