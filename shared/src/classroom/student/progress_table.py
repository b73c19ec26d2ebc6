"""The progress of a course on the terminal: a line for each week and each of its extras."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from classroom.core.result import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.student.progress import Progress


def print_progress(weeks: Sequence[Progress]) -> None:
    """Print a line for each week, and one for each of its extras: the points of the last check, and its date."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    for week in weeks:
        number = "extra" if week.number is None else f"week {week.number}"
        table.add_row(number, week.assignment.title, *_standing(week))
        for extra in week.extras:
            table.add_row("", f"extra: {extra.assignment.name}", *_standing(extra))
    Console(highlight=False).print(table)


def _standing(week: Progress) -> tuple[Text, Text]:
    """Return the points of the last check, and what it found."""
    result = week.result
    if not result:
        return Text(), Text("not checked yet", style="dim")
    score = "" if result.score is None else f"{result.score}/{result.max_score}"
    done = sum(task.verdict is Verdict.PASS for task in result.tasks)
    status = f"{done} of {len(week.assignment.tasks)} tasks, checked {result.graded_at[:10]}"
    return Text(score, style="bold"), Text(status, style="dim")
