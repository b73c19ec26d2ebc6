"""What the table of tasks says next to the points, and what follows from all tasks together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.core.result import NO_ROUTE, Verdict
from classroom.core.text import first_line
from classroom.student.card import HIDDEN, first_bad

if TYPE_CHECKING:
    from classroom.core.result import CheckResult, Result, TaskResult

STATUSES = re.compile(r".* returned (\d{3}, expected .+?)\.?")
WAITS = re.compile(r"\btask (\d+)\b")
NOT_THERE = ("404 ", "405 ")  # how a response to an endpoint that is not written begins, if the app sent it itself


def remark(task: TaskResult) -> str:
    """Return what the line of a task says after its points."""
    if task.verdict is Verdict.PASS:
        return ""
    if task.verdict is Verdict.SKIPPED:
        return _why_skipped(task.reason or "")
    check = first_bad(task)
    if check.hidden:
        return HIDDEN
    if todo := _todo(task, check):
        return "not written yet" if not task.earned else f"TODO {todo} is left"
    said = first_line(check.cause or check.message or "")
    statuses = STATUSES.fullmatch(said)
    return statuses[1] if statuses else said


def _why_skipped(reason: str) -> str:
    if "does not start" in reason:
        return "the app does not start"
    behind = WAITS.search(reason)
    return f"waits for task {behind[1]}" if behind else f"skipped, {first_line(reason)}"


def waits_for(task: TaskResult) -> int | None:
    """Return the number of the earlier task that a skipped one waits for, or None."""
    found = WAITS.search(task.reason or "") if task.verdict is Verdict.SKIPPED else None
    return int(found[1]) if found and int(found[1]) < task.number else None


def _todo(task: TaskResult, check: CheckResult) -> int | None:
    """Return the number of the TODO that sent the response, if nothing else is wrong."""
    found = re.search(r"\bTODO (\d{1,3})\b", check.answer or "")
    return int(found[1]) if found and check.is_stub(task.number) else None


def is_starting_point(result: Result) -> bool:
    """Return whether the first task passes and nothing of any other seems to be written."""
    first, *others = result.tasks
    if not others or first.verdict is not Verdict.PASS:
        return False
    return all(not task.earned and task.verdict is not Verdict.PASS and _untouched(task) for task in others)


def _untouched(task: TaskResult) -> bool:
    failed = [check for check in task.checks if check.verdict is Verdict.FAIL]
    return all(check.is_stub(task.number) or _reaches_nothing(check) for check in failed)


def _reaches_nothing(check: CheckResult) -> bool:
    """Return whether nothing came back, or only that there is no such thing."""
    if check.cause:
        return check.cause.startswith(NO_ROUTE)
    return check.answer is None or check.answer.startswith(NOT_THERE)
