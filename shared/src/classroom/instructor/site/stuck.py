"""Where a student is stuck: the task that has been red over the last pushes, without a point gained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.instructor.interview.timeline import Push

LEAST = 3  # pushes


@dataclass(frozen=True)
class Stuck:
    """The first red task of a student, and over how many of the last pushes it has been that."""

    task: int
    pushes: int

    def __str__(self) -> str:
        return f"stuck on task {self.task} for {self.pushes} pushes"


def stuck_at(pushes: Sequence[Push]) -> Stuck | None:
    """Return where a student is stuck; None if the last pushes, oldest first, have gained something, or are too few."""
    graded = [(push.red[0] if push.red else None, push.score) for push in pushes if push.score is not None]
    task, points = graded[-1] if graded else (None, 0)
    if task is None:
        return None
    count = 0
    for red, score in reversed(graded):
        if red != task or score < points:
            break
        count += 1
    return Stuck(task, count) if count >= LEAST else None
