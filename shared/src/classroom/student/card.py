"""The card of a red task: rows of a label and a text, which every place that shows a result prints in the same words."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from classroom.core.result import Verdict
from classroom.core.text import sanitize
from classroom.core.wrapping import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classroom.core.result import CheckResult, Result, TaskResult

WIDTH = 76  # columns of a card's text, in a terminal of 80
OPENING = 2  # lines
HIDDEN = "A hidden check failed here."
CAUSE, HAPPENED, ASKS = "Cause", "What happened", "The task asks"
TRY_IT, CAME_BACK, PRINTED = "Try it yourself", "What came back", "Your app printed"
COMMAND = re.compile(r"for n in |done$|curl |\(printf |head -c |python -m websockets |[a-z_]+\d*=\S")
CODE = " " * 4  # how a line of source begins
# What a database adds below its error.
MORE = re.compile(r"\s|LINE \d|HINT:|DETAIL:|CONTEXT:|QUERY:|\[SQL|\[parameters|\(Background")
MOST_LINES, FIRST, LAST = 14, 5, 8  # of one text; the lines between are folded
OWN_LINE = re.compile(r"(?:File \"(?P<file>[^\"\n]+)\"|(?P<path>[\w./-]{1,200}\.\w{1,9})), line (?P<line>\d+)")


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
        (HAPPENED, folded(check.message or "")),
        (ASKS, check.asks),
        (TRY_IT, check.request),
        (CAME_BACK, check.answer),
        (PRINTED, folded(_not_in_cause(check.printed or "", check.cause or ""))),
    )
    return [Row(label, text) for label, text in texts if text]


def opening(check: CheckResult) -> list[str]:
    """Return the first two lines that the card shows of a red check."""
    return _opening_lines(check_rows(check, hidden=True), WIDTH)[:OPENING]


def _opening_lines(rows: Iterable[Row], width: int) -> list[str]:
    return [line for row in rows if row.label in (CAUSE, HAPPENED) for line in lead_lines(row.text, width)]


def lead_lines(text: str, width: int) -> list[str]:
    """Return the lines of a cause or of what happened: sentences are wrapped, a line of source stays one line."""
    return [
        part
        for line in text.splitlines()
        for part in (
            [line[: width - 1] + "…" if len(line) > width else line] if line[:4] == CODE else wrapped(line, width)
        )
    ]


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


def _not_in_cause(printed: str, cause: str) -> str:
    """Return what the app printed without the traceback of the error that the cause names."""
    if not cause:
        return printed
    kept: list[str] = []
    block: list[str] = []
    dropped = fields = False  # of a Pydantic error: below it is each field, and what is wrong with it, indented
    for line, below in pairwise([*printed.splitlines(), ""]):
        if line.startswith("Traceback (") or (not block and line.lstrip().startswith('File "')):
            kept += block
            block, dropped = [line], False
        elif block:
            block.append(line)
            if not line.startswith(" "):
                dropped = _names(cause, block)
                fields = dropped and "validation error" in line
                kept += [] if dropped else block
                block = []
        elif not (dropped and (MORE.match(line) or (fields and below.startswith("  ")))):
            kept.append(line)
            dropped = False
    return "\n".join([*kept, *block]).strip()


def _names(cause: str, block: list[str]) -> bool:
    """Return whether a cause names the error at the end of a traceback, by its words or its place."""
    said, error = " ".join(cause.split()), block[-1].strip()
    if error in said or (error.partition(": ")[2].strip()[:60] or error) in said:
        return True
    places = [(match["file"], match["line"]) for match in OWN_LINE.finditer("\n".join(block))]
    named = OWN_LINE.match(cause)
    return named is not None and (named["path"], named["line"]) in places


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
