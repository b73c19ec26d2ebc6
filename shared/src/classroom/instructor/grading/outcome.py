"""What counts of a submission: the better of two attempts, whether work has begun, and what a regrade has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.core.branches import UNCHANGED
from classroom.core.result import COULD_NOT_GRADE, EXCUSED, GRADED, MISSING, NOT_STARTED, OFFICIAL, Result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.instructor.grading.deadline import Counted

TALKED_ABOUT = (GRADED, EXCUSED, COULD_NOT_GRADE)  # the statuses of students for whom there is an interview sheet


@dataclass(frozen=True)
class Attempt:
    """A commit that is graded, the file of its result, and the digest of all that the result depends on."""

    choice: Counted
    file: Path
    fingerprint: str

    @property
    def name(self) -> str:
        """The submission's name."""
        return self.choice.submission.name


@dataclass(frozen=True)
class ScoreChange:
    """A score that another grading has changed: before, after, and the tasks whose points differ."""

    name: str
    before: int
    after: int
    tasks: tuple[int, ...]

    def __str__(self) -> str:
        noun = "task" if len(self.tasks) == 1 else "tasks"
        tasks = f" ({noun} {', '.join(map(str, self.tasks))})" if self.tasks else ""
        return f"{self.name} {self.before} → {self.after}{tasks}"


def missing(assignment: Assignment, name: str, reason: str | None, seed: int) -> Result:
    """Return the result of a student of whom nothing counts."""
    return Result(assignment.name, name, MISSING, 0, assignment.max_score, seed=seed, scope=OFFICIAL, reason=reason)


def with_status(result: Result) -> Result:
    """Return a result that is not started if everything is as it was handed out, and graded otherwise."""
    if not result.tasks or result.status not in (GRADED, NOT_STARTED, EXCUSED):
        return result
    if UNCHANGED in result.notes:
        return replace(result, status=NOT_STARTED, score=0, bonus=0)
    graded = replace(result, status=GRADED)
    return replace(graded, score=graded.total)


def better(attempts: Sequence[Result]) -> Result:
    """Return the result that counts: the late one if, after its penalty, it is worth more than the on-time one.

    The late one also counts if nothing was begun in time, whatever is left of its points.

    Args:
        attempts: the results of the last commit in time and of the last late one, or only one of them.
    """
    if len(attempts) == 1:
        return attempts[0]
    for result in attempts:
        if result.status == COULD_NOT_GRADE:
            return result
    in_time, late = attempts
    if (late.score or 0) > (in_time.score or 0) or (in_time.status == NOT_STARTED and late.status == GRADED):
        return replace(late, notes=(*late.notes, f"the last on-time submission has {in_time.score} points"))
    note = f"the last on-time submission counts, because the late one has {late.score} points ({late.late})"
    return replace(in_time, notes=(*in_time.notes, note))


def score_change(before: Result | None, after: Result) -> ScoreChange | None:
    """Return how a score has changed, or None if it is the same or there was none before."""
    if before is None or before.score is None or after.score is None or before.score == after.score:
        return None
    points = {task.number: before.points(task) for task in before.tasks}
    tasks = tuple(task.number for task in after.tasks if points.get(task.number) != after.points(task))
    return ScoreChange(after.submission, before.score, after.score, tasks)
