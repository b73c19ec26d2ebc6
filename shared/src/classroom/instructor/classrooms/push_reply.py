"""The reply to a push: its scorecard, on the student's terminal and on the branch feedback."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

from rich.console import Console

from classroom.core.errors import ClassroomError
from classroom.instructor.classrooms.repository import Repository
from classroom.student.feedback import feedback
from classroom.student.scorecard import Scorecard

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result

SCORECARD_WIDTH = 80  # characters

log = logging.getLogger(__name__)


def put_on_branch(path: Path, result: Result, week: str, name: str) -> None:
    """Commit a scorecard to the branch feedback of a repository; if that fails, the log says so.

    Args:
        path: the repository.
        result: what the scorecard shows.
        week: for the log.
        name: the student's, for the log.
    """
    try:
        Repository(path).reply("feedback", "SCORECARD.md", feedback(result), "Scorecard")
    except ClassroomError as error:
        log.warning("%s  %s  the scorecard could not be put on the feedback branch: %s", week, name, error)


def scorecard_text(assignment: Assignment, result: Result) -> str:
    """Return the scorecard as plain text, which git shows as `remote: ...`."""
    text = io.StringIO()
    console = Console(file=text, width=SCORECARD_WIDTH, highlight=False, no_color=True)
    Scorecard(assignment, result, console, pushed=True).print()
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
