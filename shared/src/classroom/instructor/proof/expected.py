"""The result that each case must have: the points of right, wrong and partly done answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.result import GRADED, CheckResult, Result, TaskResult, Verdict
from classroom.instructor.proof.cases import DEGENERATE, PREFIX, RIGHT, SOLUTION, STARTER, WITHOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.core.assignment import Assignment
    from classroom.instructor.proof.cases import Case

MAX_DEGENERATE_POINTS = 5  # beyond task 1


def problems(case: Case, result: Result, assignment: Assignment) -> list[str]:
    """Return where a case's result differs from what the case promises, each in one sentence."""
    where = f"{assignment.name}: {case.title}"
    if result.status != GRADED:
        return [f"{where} could not be graded: {result.reason}"]
    found = [
        f"{where}: the check {check.name} raised an error itself: {check.flaw}"
        for check in checks(result)
        if check.flaw
    ]
    if case.kind == STARTER:
        return found + _starter(where, result)
    if case.kind == DEGENERATE:
        return found + _degenerate(where, result)
    if case.kind in (PREFIX, WITHOUT):
        return found + list(_partly_done(where, case, result, assignment))
    if case.kind in (SOLUTION, RIGHT):
        return found or [f"{where} loses task {task.number}: {_why(task)}" for task in result.tasks if _lost(task)]
    return found + _wrong(f"{where} ({case.path.name})", case, result)


def _degenerate(where: str, result: Result) -> list[str]:
    points = points_beyond_first(result)
    if points <= MAX_DEGENERATE_POINTS:
        return []
    earning = ", ".join(f"task {task.number}: {task.earned}" for task in result.tasks[1:] if task.earned)
    return [f"{where}, which solves no task, earns {points} points beyond task 1 ({earning}): strengthen the checks."]


def _wrong(where: str, case: Case, result: Result) -> list[str]:
    """Return where a wrong answer loses other tasks than it names, or is not caught where it says."""
    found = []
    lost = {task.number for task in result.tasks if _lost(task)}
    for number in sorted(case.loses - lost):
        found.append(f"{where} keeps all points of task {number}: a check is missing, or `loses` is wrong.")
    for task in result.tasks:
        if task.number in lost - case.loses - case.may_lose:
            found.append(f"{where} loses task {task.number}, which it does not name: {_why(task)}")
    shown = any(check.verdict is not Verdict.PASS for check in checks(result) if not check.hidden)
    if not shown and not case.hidden_only:
        found.append(f"{where} is green on the visible checks: add a visible check, or say hidden_only.")
    if shown and case.hidden_only:
        found.append(f"{where} says hidden_only, but fails a visible check: remove it.")
    return found


def _partly_done(where: str, case: Case, result: Result, assignment: Assignment) -> Iterator[str]:
    """Yield each done task that loses points, each undone one that earns some, and each wrong `needs`."""
    undone = {task.number: task for task in case.undone}
    direct = {task.number for task in assignment.tasks if undone.keys() & set(task.needs)}
    dependent = _dependent_on(set(undone), assignment)
    for task in result.tasks:
        if task.number in undone:
            yield from _undone(where, case, task, undone[task.number].keeps)
        elif task.number not in dependent and _lost(task):
            yield f"{where} loses task {task.number}, whose `needs` do not name an undone task: {_why(task)}"
        elif case.kind == WITHOUT and task.number in direct and not _lost(task):
            yield f"{where} keeps all points of task {task.number}, whose `needs` name task {case.name}: remove it."


def _undone(where: str, case: Case, task: TaskResult, keeps: int) -> Iterator[str]:
    green = ", ".join(check.name for check in task.checks if check.verdict is Verdict.PASS)
    if not _lost(task):
        yield f"{where} passes task {task.number}, which is undone: a check is missing, or grading/undone is wrong."
    elif task.earned > keeps or (task.earned < keeps and case.kind == WITHOUT):
        yield f"{where}: task {task.number} is undone and earns {task.earned}, not {keeps} ({green})."


def _dependent_on(numbers: set[int], assignment: Assignment) -> set[int]:
    """Return the tasks that need one of these, directly or not."""
    found: set[int] = set()
    for task in assignment.tasks:  # a task needs only smaller numbers
        if (numbers | found) & set(task.needs):
            found.add(task.number)
    return found - numbers


def points_beyond_first(result: Result) -> int:
    """Return the points earned beyond task 1."""
    return sum(task.earned for task in result.tasks[1:])


def _starter(where: str, result: Result) -> list[str]:
    found = []
    for position, task in enumerate(result.tasks):
        if position == 0 and _lost(task):
            found.append(f"{where}: task {task.number} must be green on the untouched starter: {_why(task)}")
        if position > 0 and (task.earned or task.verdict is Verdict.PASS):
            green = [check.name for check in task.checks if check.verdict is Verdict.PASS]
            found.append(
                f"{where}: task {task.number} earns {task.earned} on the untouched starter ({', '.join(green)})."
            )
    return found


def _lost(task: TaskResult) -> bool:
    return task.verdict is not Verdict.PASS


def checks(result: Result) -> list[CheckResult]:
    """Return the checks of all tasks."""
    return [check for task in result.tasks for check in task.checks]


def _why(task: TaskResult) -> str:
    failed = [check for check in task.checks if check.verdict is not Verdict.PASS]
    if not failed:
        return str(task.reason)
    first = failed[0]
    parts = [part.replace("\n", " / ")[:300] for part in (first.message, first.request, first.answer) if part]
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return f"{first.name} ({first.verdict}): {' | '.join(parts)}{more}"
