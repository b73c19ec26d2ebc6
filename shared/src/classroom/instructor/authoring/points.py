"""Points for a new task, taken from the other tasks so that all of them add up to 100."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.assignment import Task

FULL_MARKS = 100
FEWEST = 5  # points that a task keeps
STEP = 5  # points that a task gives at once


def shared_out(tasks: Sequence[Task], points: int) -> dict[int, int]:
    """Return the new points of each task that gives some to a task of `points`, by number.

    Task 1 and bonus tasks give nothing; of the others, the one that is worth most gives first.

    Raises:
        UsageError: the others do not have that many to give.
    """
    needed = sum(task.points for task in tasks if not task.bonus) + points - FULL_MARKS
    left = {task.number: task.points for task in tasks[1:] if not task.bonus}
    spare = sum(max(0, value - FEWEST) for value in left.values())
    if needed > spare:
        most = points - (needed - spare)
        raise UsageError(
            f"The other tasks can give a new one at most {most} points and keep {FEWEST} each: add --points {most}."
            if most > 0
            else f"The other tasks have no points to give: each has {FEWEST} or fewer."
        )
    while needed > 0:
        giving = max(left, key=lambda number: (left[number], number))
        step = min(STEP, needed, left[giving] - FEWEST)
        left[giving] -= step
        needed -= step
    return {task.number: left[task.number] for task in tasks if left.get(task.number, task.points) != task.points}


def points_line(readme: str, task: Task) -> re.Match[str] | None:
    """Return where a task's section begins a line with its points, such as `*20 points.*`: the group `points`."""
    heading = re.escape(f"\n## {task.section}\n")
    return re.search(rf"{heading}(?:(?!\n## ).)*?\n\*(?P<points>\d+) points?\b", readme, re.DOTALL)
