"""What the page shows of a result, in the words of the scorecard on the terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.core.text import sanitize
from classroom.student.card import ASKS, CAUSE, HAPPENED, Row, check_rows, first_bad
from classroom.student.feedback import VERDICTS
from classroom.student.learn.lesson import anchor
from classroom.student.learn.watcher import LONG_SECONDS, SLOW_SECONDS, Watcher
from classroom.student.remarks import RED, SIGNS, Advice, advice, also, remark
from classroom.student.since import changes
from classroom.web.markdown import render_inline, with_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from classroom.core.assignment import Assignment, Task
    from classroom.core.result import Result, TaskResult

    Hints = Mapping[int, tuple[int, list[str]]]

SLOW = "This is taking a while: your app may be stuck, or this computer may be busy. Saving a file stops this check and starts a new one."


@dataclass(frozen=True)
class TaskView:
    """One line of the card, and what is behind it where the task is red."""

    task: Task
    anchor: str
    verdict: str
    sign: str
    said: str
    points: str
    remark: str
    rows: tuple[Row, ...] = ()
    also: str = ""
    hints: int = 0


@dataclass(frozen=True)
class CardView:
    """The whole card. `summary` is what a screen reader says when it has changed."""

    tasks: tuple[TaskView, ...]
    score: int | None
    max_score: int
    state: str
    checking: bool
    seconds: int | None
    slow: str
    trouble: str
    changes: tuple[str, ...]
    adjustments: tuple[Markup, ...]
    notes: tuple[str, ...]
    advice: tuple[Advice, ...]
    first_red: int | None

    @property
    def summary(self) -> str:
        """Return the points and what has changed, in a sentence or two."""
        if self.checking or self.score is None:
            return self.slow or self.trouble
        return " ".join([f"{self.score} of {self.max_score} points.", *self.changes])


def view(watcher: Watcher, hints: Hints) -> CardView:
    """Return what to show now; `hints` says for each task how many of its hints have been shown, and all of them."""
    assignment, result = watcher.assignment, watcher.result
    card = card_of(assignment, result, state=_state(watcher), checking=watcher.checking, hints=hints)
    return replace(
        card,
        seconds=watcher.seconds if watcher.seconds >= LONG_SECONDS else None,
        slow=SLOW if watcher.seconds >= SLOW_SECONDS else "",
        trouble=watcher.trouble or card.trouble,
        changes=tuple(changes(watcher.before, result)) if result and watcher.checked_at else (),
    )


def card_of(
    assignment: Assignment,
    result: Result | None,
    *,
    state: str,
    checking: bool,
    hints: Hints | None = None,
    pushed: bool = False,
) -> CardView:
    """Return the card of a result, or of none.

    Args:
        assignment: the week.
        result: what the card shows.
        state: a sentence about it.
        checking: whether a newer result is on its way.
        hints: as for `view`; None for a page that has none.
        pushed: whether the result is that of a push.
    """
    done = {task.number: task for task in result.tasks} if result else {}
    no_hints: tuple[int, list[str]] = (0, [])
    known = hints or {}
    tasks = tuple(
        _task(task, result, done.get(task.number), known.get(task.number, no_hints)) for task in assignment.tasks
    )
    return CardView(
        tasks=tasks,
        score=result.score if result else None,
        max_score=assignment.max_score,
        state=state,
        checking=checking,
        seconds=None,
        slow="",
        trouble=f"Could not be checked: {sanitize(result.reason or result.status)}"
        if result and not result.tasks
        else "",
        changes=(),
        adjustments=tuple(render_inline(sanitize(change.text)) for change in result.adjustments) if result else (),
        notes=tuple(sanitize(note) for note in result.notes) if result else (),
        advice=_advice(assignment, result, pushed=pushed),
        first_red=next((task.task.number for task in tasks if task.rows), None),
    )


def _state(watcher: Watcher) -> str:
    if watcher.checking:
        known = watcher.task is not None and watcher.seconds >= LONG_SECONDS
        return f"Checking task {watcher.task} …" if known else "Checking …"
    if watcher.trouble:
        return "Not checked"
    if watcher.checked_at:
        return f"Checked at {watcher.checked_at:%H:%M:%S}. Save a file to check again."
    return ""


def _advice(assignment: Assignment, result: Result | None, *, pushed: bool) -> tuple[Advice, ...]:
    """Return what to do next; what is typed in a terminal has a button on the page."""
    if result is None or not result.tasks:
        return ()
    red = next((task for task in result.tasks if task.verdict in RED), None)
    return tuple(each for each in advice(assignment, result, red, pushed=pushed) if each.tone != "typed")


def _task(task: Task, result: Result | None, done: TaskResult | None, hints: tuple[int, list[str]]) -> TaskView:
    if result is None or done is None:
        return TaskView(task, anchor(task), "unknown", "", "not checked yet", f"{task.points}", "")
    red = done.verdict in RED
    check = first_bad(done) if red else None
    return TaskView(
        task=task,
        anchor=anchor(task),
        verdict=done.verdict.value,
        sign=SIGNS[done.verdict],
        said=VERDICTS[done.verdict],
        points=f"{result.points(done)}/{done.points}",
        remark=sanitize(remark(done)),
        rows=tuple(Row(row.label, sanitize(row.text)) for row in check_rows(check)) if check else (),
        also=also(done, check) if check else "",
        hints=len(hints[1]) - hints[0] if red else 0,
    )


def sentence(row: Row) -> Markup | None:
    """Return a row that is prose as HTML, with what is between backticks as code; None for a command or output."""
    if row.label not in (CAUSE, HAPPENED, ASKS):
        return None
    return with_code(row.text)
