"""The card of a red task: rows of a label and a text, which every place that shows a result prints in the same words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from classroom.core.result import Verdict
from classroom.core.text import sanitize
from classroom.core.wrapping import fitted, wrapped
from classroom.student.said_once import OWN_LINE, message_beside, printed_beside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classroom.core.result import CheckResult, Result, TaskResult

WIDTH = 76  # columns of a card's text, in a terminal of 80
OPENING = 2  # lines
HIDDEN = "A hidden check failed here."
CAUSE, HAPPENED, ASKS = "Cause", "What happened", "The task asks"
TRY_IT, CAME_BACK, PRINTED = "Try it yourself", "What came back", "Your app printed"
COMMAND = re.compile(
    r"for n in |done$|INSERT INTO |SQL$|(?:make|python -m classroom) psql\b|curl |\(printf |head -c |python -m websockets |[a-z_]+\d*=\S"
)
CODE = " " * 4  # how a line of source begins
CARET = re.compile(r" {4,}\^+")  # the line below it that points at the error
SOURCE_LINES = 4  # of one line of source
MOST_LINES, FIRST, LAST = 14, 5, 8  # of one text; the lines between are folded


class Row(NamedTuple):
    """A label and its text, which may come from the submission and is not sanitized."""

    label: str
    text: str


def first_red(result: Result) -> tuple[TaskResult, CheckResult] | None:
    """Return the first task that is red, and its first red check; None if nothing is."""
    for task in result.tasks:
        if task.verdict in (Verdict.FAIL, Verdict.COULD_NOT_CHECK):
            return task, first_bad(task)
    return None


def first_bad(task: TaskResult) -> CheckResult:
    """Return the first check of a red task that is red."""
    return next(check for check in task.checks if check.verdict is task.verdict)


def check_rows(check: CheckResult, *, hidden: bool = False) -> list[Row]:
    """Return the rows of a red check: the cause, what happened, what the task asks, and what can be tried.

    Args:
        check: the check.
        hidden: whether to show the data of hidden checks.
    """
    if check.hidden and not hidden:
        return [Row(HAPPENED, HIDDEN), Row(ASKS, check.asks)]
    texts = (
        (CAUSE, check.cause),
        (HAPPENED, folded(message_beside(check.message or "", check.cause or ""))),
        (ASKS, check.asks),
        (TRY_IT, check.request),
        (CAME_BACK, check.answer),
        (PRINTED, folded(printed_beside(check.printed or "", check.cause or ""))),
    )
    return [Row(label, text) for label, text in texts if text]


def opening(check: CheckResult) -> list[str]:
    """Return the first two lines that the card shows of a red check."""
    return _opening_lines(check_rows(check, hidden=True), WIDTH)[:OPENING]


def _opening_lines(rows: Iterable[Row], width: int) -> list[str]:
    return [line for row in rows if row.label in (CAUSE, HAPPENED) for line in lead_lines(row.text, width)]


def lead_lines(text: str, width: int) -> list[str]:
    """Return the lines of a cause or of what happened: sentences are wrapped, and so is source, if no caret is below it."""
    found: list[str] = []
    lines = text.splitlines()
    for above, line, below in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
        if not line.startswith(CODE):
            found += wrapped(line, width)
        elif _is_pointed_at(line, below, width):
            found += _window(line, below, width)
        elif not _is_pointed_at(above, line, width):
            found += _source(line, width)
    return found


def _is_pointed_at(source: str, below: str, width: int) -> bool:
    """Return whether a line of source is too wide, and carets are below it."""
    wide = max(len(source), len(below)) > width
    return wide and source.startswith(CODE) and CARET.fullmatch(below) is not None


def _window(source: str, carets: str, width: int) -> list[str]:
    """Return the part of a line of source around its carets, and the carets."""
    room, mark = width - len(CODE) - 2, carets.index("^")
    begin = max(min(mark - room // 2, len(source) - room), len(CODE))
    left, right = "…" * (begin > len(CODE)), "…" * (begin + room < len(source))
    carets = carets.strip()[: room - (mark - begin)]
    return [f"{CODE}{left}{source[begin : begin + room]}{right}", " " * (len(CODE + left) + mark - begin) + carets]


def _source(line: str, width: int) -> list[str]:
    """Return a line of source in lines that fit, those after the first with a deeper indentation."""
    if len(line) <= width:
        return [line]
    lines = fitted(line.strip(), width - 2 * len(CODE))
    if len(lines) > SOURCE_LINES:
        lines[SOURCE_LINES - 1] = f"{lines[SOURCE_LINES - 1][: width - 2 * len(CODE) - 1]}…"
    return [CODE * (2 if index else 1) + part for index, part in enumerate(lines[:SOURCE_LINES])]


def locations(check: CheckResult) -> list[tuple[str, int]]:
    """Return the files and lines that a check points to: its cause's, then those of the app's own lines, innermost first."""
    own = f"{check.message or ''}\n{check.printed or ''}"
    found = [*OWN_LINE.finditer(check.cause or ""), *reversed([*OWN_LINE.finditer(own)])]
    return [(match["file"] or match["path"], int(match["line"][:9])) for match in found]


def folded(text: str) -> str:
    """Return text with the middle of many lines replaced by their number."""
    lines = text.splitlines()
    if len(lines) <= MOST_LINES:
        return text
    left_out = len(lines) - FIRST - LAST
    return "\n".join([*lines[:FIRST], f"  ... {left_out} more lines ...", *lines[-LAST:]])


def text_of(rows: Iterable[Row], width: int = WIDTH) -> str:
    """Return rows as sanitized text: first the cause and what happened, then each label above its text."""
    rows = [Row(row.label, sanitize(row.text)) for row in rows]
    lines = _opening_lines(rows, width)
    for row in rows:
        if row.label not in (CAUSE, HAPPENED):
            lines += ["", f"{row.label}:", *lines_of(row.text, width)]
    return "\n".join(lines)


def lines_of(text: str, width: int) -> list[str]:
    """Return text in lines, wrapped except for commands, which are pasted whole."""
    return [part for line in text.splitlines() for part in ([line] if COMMAND.match(line) else wrapped(line, width))]
