"""A result on the terminal: one line for each task, and the details of the first red one."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from classroom.core.result import COULD_NOT_GRADE, OFFICIAL, Verdict
from classroom.core.text import first_line, sanitize
from classroom.student.feedback import HIDDEN
from classroom.student.hints import hints_left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.assignment import Assignment
    from classroom.core.result import CheckResult, Result, TaskResult
    from classroom.student.workspace import Progress

TRY_IT = "Try it yourself"
SIGNS = {
    Verdict.PASS: ("✔", "+", "green"),
    Verdict.FAIL: ("✘", "x", "red"),
    Verdict.SKIPPED: ("·", "-", "yellow"),
    Verdict.COULD_NOT_CHECK: ("?", "?", "magenta"),
}


def command(verb: str, assignment: Assignment, task: int | None = None) -> str:
    """Return a command as the user types it: a make target if make called the kit, else for the week's folder."""
    number = re.sub(r"^week0*(\d+).*", r"\1", assignment.name)
    if os.environ.get("CLASSROOM_MAKE"):
        return f"make {verb} WEEK={number}" + (f" TASK={task}" if task else "")
    return f"python -m classroom {verb}" + (f" {task}" if task else "")


class Scorecard:
    """Prints one result.

    Args:
        assignment: the week.
        result: the result to print.
        console: where to print it.
        hidden: whether to show the data of hidden checks.
    """

    def __init__(self, assignment: Assignment, result: Result, console: Console, *, hidden: bool = False) -> None:
        self.assignment = assignment
        self.result = result
        self.console = console
        self.hidden = hidden
        self.plain = "utf" not in (console.encoding or "").lower()

    def print(self) -> None:
        """Print the whole card."""
        self.console.print()
        self._heading()
        if not self.result.tasks:
            self.console.print(Text(f"  Could not be graded: {sanitize(self.result.reason or self.result.status)}"))
            self.console.print(Text("  This is not a problem with your code."))
            return
        self._tasks()
        red = [task for task in self.result.tasks if task.verdict in (Verdict.FAIL, Verdict.COULD_NOT_CHECK)]
        if red:
            self._details(red[0])
        for note in self.result.notes:
            self.console.print(Padding(Text(f"Note: {sanitize(note)}", style="yellow"), (0, 0, 0, 2)))
        self._closing(red)

    def _heading(self) -> None:
        line = Text(f"  {self.assignment.title}", style="bold")
        line.append(f"  ({self.assignment.name})", style="dim")
        self.console.print(line)
        self.console.print()

    def _tasks(self) -> None:
        table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
        widest = max(len(task.title) for task in self.result.tasks)
        widths = (3, 2, min(widest, 32), 14 if any(task.bonus for task in self.result.tasks) else 7)
        for justify, width in zip(("right", "right", "left", "right"), widths, strict=True):
            table.add_column(justify=justify, no_wrap=True, min_width=width, max_width=width)  # type: ignore[arg-type]
        table.add_column(overflow="ellipsis", no_wrap=True, ratio=1)
        for task in self.result.tasks:
            fancy, plain, color = SIGNS[task.verdict]
            sign = Text("  " + (plain if self.plain else fancy), style=color)
            points = f"{task.earned}/{task.points}" + (" bonus" if task.bonus else "")
            style = "dim" if task.verdict is Verdict.SKIPPED else ""
            table.add_row(sign, str(task.number), Text(task.title, style=style), points, Text(_line(task), style="dim"))
        if len(self.result.tasks) < len(self.assignment.tasks):
            self.console.print(table)
            return
        score = "?" if self.result.score is None else str(self.result.score)
        table.add_row("", "", Text("Total", style="bold"), Text(f"{score}/{self.result.max_score}", style="bold"), "")
        self.console.print(table)

    def _details(self, task: TaskResult) -> None:
        check = next(check for check in task.checks if check.verdict is task.verdict)
        self.console.print()
        self.console.print(Text(f"  Task {task.number}: {task.title}", style="bold"))
        for label, text in self._rows(task, check):
            if label == TRY_IT:
                # One line, however long, so that it can be pasted.
                self.console.print(Text(f"    {label}", style="dim"))
                self.console.print(Text(f"{sanitize(text)}"), soft_wrap=True)
                continue
            table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
            table.add_column(style="dim", no_wrap=True, min_width=16)
            table.add_column(overflow="fold")
            table.add_row(label, Text(sanitize(text)))
            self.console.print(Padding(table, (0, 0, 0, 4)))

    def _rows(self, task: TaskResult, check: CheckResult) -> list[tuple[str, str]]:
        rows = [("The task asks", check.asks)]
        if check.hidden and not self.hidden:
            rows.append(("What happened", HIDDEN))
        else:
            labels = ("What happened", TRY_IT, "What came back", "Your app printed")
            texts = (check.message, check.request, check.answer, check.printed)
            rows += [(label, text) for label, text in zip(labels, texts, strict=True) if text]
        more = sum(other.verdict is check.verdict for other in task.checks) - 1
        if more > 0:
            rows.append(("Also", f"{more} more {'check' if more == 1 else 'checks'} of this task"))
        rows.append(("Read", f'README.md, "{task.number}. {task.title}"'))
        if hints := hints_left(self.assignment, task.number):
            count = "1 hint" if hints == 1 else f"{hints} hints"
            rows.append(("Stuck?", f"{count} left: {command('hint', self.assignment, task.number)}"))
        return rows

    def _closing(self, red: list[TaskResult]) -> None:
        self.console.print()
        tasks, result = self.result.tasks, self.result
        if result.status == COULD_NOT_GRADE:
            self.console.print(
                Text(f"  This is not a problem with your code: {sanitize(result.reason or '')}", style="magenta")
            )
        elif result.green and len(tasks) == len(self.assignment.tasks):
            next_step = "Read the notes, then hand it in." if result.notes else "Hand it in."
            self.console.print(Text(f"  Everything passes. {next_step}", style="green"))
        elif len(tasks) > 1 and [task for task in tasks if task.verdict is Verdict.PASS] == [tasks[0]]:
            run = command("run", self.assignment)
            self.console.print(
                Text("  This is the starting point: the red tasks are what you will build.", style="cyan")
            )
            self.console.print(Text(f"  See the app in your browser: {run}", style="dim"))
        elif red:
            self.console.print(Text(f"  Next: task {red[0].number}. Edit it, save, and check again.", style="cyan"))
        # With the seed of an official grading the data of hidden checks could be drawn again.
        seed = "" if result.scope == OFFICIAL and not self.hidden else f", seed {result.seed}"
        self.console.print(Text(f"  {result.duration_s:.1f} s{seed}", style="dim"))


def _line(task: TaskResult) -> str:
    """Return what the line of a task says after its points."""
    if task.verdict is Verdict.PASS:
        return ""
    if task.verdict is Verdict.SKIPPED:
        return f"skipped, {first_line(task.reason or '')}"
    bad = [check for check in task.checks if check.verdict is task.verdict]
    if bad[0].is_stub(task.number):
        return "not written yet"
    return first_line(bad[0].asks if bad[0].hidden else bad[0].message or "")


def print_card(assignment: Assignment, result: Result) -> None:
    """Print the scorecard to standard output."""
    Scorecard(assignment, result, Console(highlight=False)).print()


def print_progress(weeks: Sequence[Progress]) -> None:
    """Print a line for each week: the points of the last check, and its date."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    for week in weeks:
        result = week.result
        score = f"{result.score}/{result.max_score}" if result and result.score is not None else ""
        done = sum(task.verdict is Verdict.PASS for task in result.tasks) if result else 0
        status = (
            f"{done} of {len(week.assignment.tasks)} tasks, checked {result.graded_at[:10]}"
            if result
            else "not checked yet"
        )
        table.add_row(
            f"week {week.number}", week.assignment.title, Text(score, style="bold"), Text(status, style="dim")
        )
    Console(highlight=False).print(table)
