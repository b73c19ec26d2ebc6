"""Feedback on an official grading: the scorecard as Markdown, without the data of hidden checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.result import EXCUSED, GRADED, MISSING, NOT_STARTED, OFFICIAL, Verdict
from classroom.core.text import sanitize
from classroom.student.card import ASKS, HIDDEN, check_rows, text_of

if TYPE_CHECKING:
    from classroom.core.result import CheckResult, Result

VERDICTS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.SKIPPED: "skipped",
    Verdict.COULD_NOT_CHECK: "could not check",
}
WHY_ZERO = {
    MISSING: "nothing was handed in",
    NOT_STARTED: "nothing has changed since it was handed out",
}


def feedback(result: Result) -> str:
    """Return the scorecard of one submission as Markdown; text from the submission is escaped."""
    lines = [f"# {result.assignment}", ""]
    if result.status == EXCUSED:
        return "\n".join([*lines, *_adjustments(result)])
    if result.status in (MISSING, NOT_STARTED):
        reason = result.reason or WHY_ZERO[result.status]
        return "\n".join([*lines, "**0 points**: " + code_span(reason), "", *_adjustments(result), *_notes(result)])
    if result.status != GRADED or result.score is None:
        lines += [
            f"Could not be graded: {code_span(_reason(result))}",
            "This is not a problem with your code.",
            "",
        ]
        return "\n".join(lines)
    late = f", handed in late: {result.late}" if result.late else ""
    lines += [f"**{result.score} of {result.max_score} points**{late}", ""]
    lines += ["| task | | points | |", "| --- | --- | --- | --- |"]
    for task in result.tasks:
        points = f"{result.points(task)}/{task.points}" + (" bonus" if task.bonus else "")
        lines.append(f"| {task.number} | {task.title} | {points} | {VERDICTS[task.verdict]} |")
    lines += ["", *_adjustments(result), *_notes(result)]
    for task in result.tasks:
        bad = [check for check in task.checks if check.verdict is not Verdict.PASS]
        if bad:
            lines += [f"## {task.number}. {task.title}", ""]
            for check in bad:
                lines += _details(check)
    # With the seed of an official grading the data of hidden checks could be drawn again.
    seed = "" if result.scope == OFFICIAL else f", seed {result.seed}"
    lines += [f"Graded {result.graded_at}, commit {result.commit or 'none'}{seed}.", ""]
    return "\n".join(lines)


def _reason(result: Result) -> str:
    """Return why a submission could not be graded, without the words of a hidden check."""
    checks = [check for task in result.tasks for check in task.checks]
    if any(check.hidden and check.verdict is Verdict.COULD_NOT_CHECK for check in checks):
        return "a hidden check could not be run"
    return result.reason or result.status


def _adjustments(result: Result) -> list[str]:
    """Return what the instructor changed, without the reasons."""
    return [line for change in result.adjustments for line in (change.text, "")]


def _notes(result: Result) -> list[str]:
    return [line for note in result.notes for line in (f"Note: {code_span(note)}", "")]


def _details(check: CheckResult) -> list[str]:
    lines = [f"- {check.asks}"]
    if check.verdict is Verdict.SKIPPED:
        return [*lines, f"  Skipped: {code_span(check.message or '')}.", ""]
    if check.hidden:
        return [*lines, f"  {HIDDEN}", ""]
    rows = [row for row in check_rows(check) if row.label != ASKS]
    return [*lines, "", *block(text_of(rows)), ""]


def block(text: str) -> list[str]:
    """Return the text as an indented code block, which nothing in the text can end."""
    return [f"      {line}" for line in sanitize(text).split("\n")]


def code_span(text: str) -> str:
    """Return the text as inline code on one line, without backticks that could end it."""
    return "`" + sanitize(text).replace("`", "'").replace("\n", " ") + "`"
