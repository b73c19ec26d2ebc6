"""Extras that nobody has begun: their result is known without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.branches import UNCHANGED
from classroom.core.errors import ClassroomError
from classroom.core.result import NOT_STARTED, Result, utc_timestamp
from classroom.core.scratch import ScratchDir
from classroom.core.submission import materialize

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.instructor.grading.outcome import Attempt


def not_started(attempt: Attempt, assignment: Assignment) -> Result | None:
    """Return the result of an extra whose files are all as they were handed out; None if it has to be graded.

    An extra is handed out with its week, so most students have it, and few begin it: grading it for everyone would take as
    long as grading the week.
    """
    if not assignment.is_extra:
        return None
    submission = attempt.choice.submission
    try:
        with ScratchDir("unchanged") as scratch:
            notes = materialize(submission, assignment, scratch / "submission")
    except (ClassroomError, OSError):
        return None
    if UNCHANGED not in notes:
        return None
    return Result(
        assignment.name, submission.name, NOT_STARTED, 0, assignment.max_score, commit=submission.commit,
        graded_at=utc_timestamp(), notes=tuple(notes), fingerprint=attempt.fingerprint,
    )  # fmt: skip
