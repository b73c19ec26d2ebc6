"""What a result says next to its points, and what to do next: the words of the terminal and of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from classroom.core.commands import typed
from classroom.core.result import COULD_NOT_GRADE, NO_ROUTE, Verdict
from classroom.core.text import first_line, sanitize
from classroom.student.card import HIDDEN, first_bad
from classroom.student.handing_in import is_handed_in, is_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.core.assignment import Assignment
    from classroom.core.result import CheckResult, Result, TaskResult

RED = (Verdict.FAIL, Verdict.COULD_NOT_CHECK)
SIGNS = {Verdict.PASS: "✔", Verdict.FAIL: "✘", Verdict.SKIPPED: "·", Verdict.COULD_NOT_CHECK: "?"}
HIDDEN_CHECKS = (
    "Hidden checks apply the same rules to other data: other names and ids, values on both sides of each limit."
)

COMMIT = "Commit it if you like: an extra does not count toward your points."
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


def also(task: TaskResult, check: CheckResult) -> str:
    """Return how many more checks of a task ended as this one did; an empty string if none did."""
    more = sum(other.verdict is check.verdict for other in task.checks) - 1
    return f"{more} more {'check' if more == 1 else 'checks'} of this task" if more > 0 else ""


def waits_for(task: TaskResult) -> int | None:
    """Return the number of the earlier task that a skipped one waits for, or None."""
    found = WAITS.search(task.reason or "") if task.verdict is Verdict.SKIPPED else None
    return int(found[1]) if found and int(found[1]) < task.number else None


def _todo(task: TaskResult, check: CheckResult) -> int | None:
    """Return the number of the TODO that sent the response, or failed, if nothing else is wrong."""
    found = re.search(r"\bTODO (\d{1,3})\b", check.answer or check.cause or check.message or "")
    return int(found[1]) if found and check.is_stub(task.number) else None


class Advice(NamedTuple):
    """A sentence about what to do next.

    Attributes:
        text: the sentence, sanitized.
        tone: `good`, `next`, `open` for what is left to do, `ours` for a failure of the kit, or `typed` for a
            command.
    """

    text: str
    tone: str


def advice(
    assignment: Assignment, result: Result, red: TaskResult | None = None, *, pushed: bool = False
) -> Iterator[Advice]:
    """Yield what to do next.

    Args:
        assignment: the week.
        result: of the whole week or of one task.
        red: the task whose card is shown.
        pushed: whether the result is from a push.
    """
    tasks = result.tasks
    complete = len(tasks) == len(assignment.tasks)
    if result.status == COULD_NOT_GRADE:
        yield Advice(f"This is not a problem with your code: {sanitize(result.reason or '')}", "ours")
    elif result.green and complete:
        yield from _praise(assignment, result, pushed=pushed)
    elif complete and is_starting_point(result):
        yield Advice("This is the starting point: the red tasks are what you will build.", "next")
        yield Advice(f"See the app in your browser: {typed('run', assignment.name, here=not pushed)}", "typed")
    elif red:
        counted = [task for task in tasks if not task.bonus]
        passed = sum(task.verdict is Verdict.PASS for task in counted)
        done = f"{passed} of {len(counted)} tasks done. " if complete and passed else ""
        then = "Edit it and hand it in again." if pushed else "Edit it, save, and check again."
        yield Advice(f"{done}Next: task {red.number}. {then}", "next")
    elif waiting := [task for task in tasks if waits_for(task)]:
        yield Advice(f"Task {waiting[0].number} waits for task {waits_for(waiting[0])}: do that one first.", "next")
    elif not complete:
        what = "All tasks" if assignment.is_extra else "The whole week"
        yield Advice(f"{what}: {typed('check', assignment.name, here=not pushed)}", "typed")


def _praise(assignment: Assignment, result: Result, *, pushed: bool) -> Iterator[Advice]:
    then = "Read the notes, then hand it in." if result.notes else "Well done!"
    yield Advice(f"{_what_passes(result)} {then}", "good")
    yield Advice(assignment.about_hidden or HIDDEN_CHECKS, "good")
    if pushed:
        return
    if is_template(assignment.folder):
        yield Advice("DESIGN.md is still the template: a person grades it, so write your own answers.", "open")
    elif is_handed_in(assignment.folder):
        yield Advice("Already handed in: your last push contains these files.", "good")
    elif not result.notes:
        yield Advice(COMMIT if assignment.is_extra else "Hand it in.", "good")


def _what_passes(result: Result) -> str:
    """Return the sentence about a full score, which a red bonus task does not lower."""
    bonus = [task for task in result.tasks if task.bonus and task.verdict is not Verdict.PASS]
    if not bonus:
        return "Everything passes."
    numbers = " and ".join(str(task.number) for task in bonus)
    many = len(bonus) > 1
    return f"All {result.max_score} points; bonus task{'s' * many} {numbers} {'are' if many else 'is'} still red."


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
