"""A grading job: the message that a worker gets for one submission, and the result if it cannot be graded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.result import COULD_NOT_GRADE, OFFICIAL, VISIBLE, Result, utc_timestamp
from classroom.core.submission import Submission

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment

AGAIN = 75  # EX_TEMPFAIL in sysexits.h


@dataclass(frozen=True)
class GradingJob:
    """A submission for a worker to grade.

    Attributes:
        out: the file that the result is written to.
        room: the folder for temporary files.
        in_place: check the folder itself instead of a copy.
        request_s: replaces the time limit of a request, in seconds, for an app that is known to never respond.
        until_red: stop at the first check that fails.
        task_file: the file that the number of the task being checked is written to; empty for none.
    """

    name: str
    path: str
    bare: bool
    commit: str | None
    fingerprint: str
    seed: int
    out: str
    room: str
    in_place: bool = False
    request_s: float | None = None
    until_red: bool = False
    task_file: str = ""

    @property
    def submission(self) -> Submission:
        """Return the submission to grade."""
        return Submission(self.name, Path(self.path), self.bare, self.commit)


def could_not_grade(assignment: Assignment, job: GradingJob, reason: str, *, sandbox: str, hidden: bool) -> Result:
    """Return the result of a submission that could not be graded, with the reason."""
    return Result(
        assignment=assignment.name,
        submission=job.name,
        status=COULD_NOT_GRADE,
        score=None,
        max_score=assignment.max_score,
        commit=job.commit,
        fingerprint=job.fingerprint,
        graded_at=utc_timestamp(),
        seed=job.seed,
        sandbox=sandbox,
        scope=OFFICIAL if hidden else VISIBLE,
        reason=reason,
    )
