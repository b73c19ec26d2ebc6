"""The card of a red task: its rows, which every place that shows a result prints in the same words."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from classroom.core.result import Verdict

if TYPE_CHECKING:
    from classroom.core.result import CheckResult, Result, TaskResult

WIDTH = 76  # columns of a card's text, in a terminal of 80
OPENING = 2  # lines


def first_red(result: Result) -> tuple[TaskResult, CheckResult] | None:
    """Return the first task that is red, and its first red check; None if nothing is."""
    for task in result.tasks:
        if task.verdict in (Verdict.FAIL, Verdict.COULD_NOT_CHECK):
            return task, next(check for check in task.checks if check.verdict is task.verdict)
    return None


def opening(check: CheckResult) -> list[str]:
    """Return the first two lines that the card shows of a red check."""
    text = "\n".join(part for part in (check.cause, check.message) if part)
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, WIDTH)]
    return lines[:OPENING]
