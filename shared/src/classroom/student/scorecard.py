"""A result on the terminal: a line for each task, the card of the first red one, and what to do next."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from classroom.core.commands import typed
from classroom.core.result import OFFICIAL, Verdict
from classroom.core.text import sanitize
from classroom.core.wrapping import fitted, shortened, wrapped
from classroom.student.card import (
    CAME_BACK,
    CAUSE,
    COMMAND,
    HAPPENED,
    TRY_IT,
    Row,
    check_rows,
    first_bad,
    lead_lines,
    lines_of,
    opening,
)
from classroom.student.hints import hints_left
from classroom.student.remarks import RED, SIGNS, advice, also, remark
from classroom.student.said_once import notes_beside
from classroom.student.since import changes

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.core.result import Result, TaskResult

TITLE, NARROW = 34, 70  # columns of a title at most; of a terminal in which a remark has its own lines
STUCK = "Stuck?"
LABEL = 18  # columns of a label and the space after it
REMARK_LINES, ANSWER_LINES = 2, 7
BONUS = " bonus"
LOOKS = {  # a sign for a terminal without Unicode, and a color
    Verdict.PASS: ("+", "green"),
    Verdict.FAIL: ("x", "red"),
    Verdict.SKIPPED: ("-", "yellow"),
    Verdict.COULD_NOT_CHECK: ("?", "magenta"),
}
TONES = {"good": "green", "next": "cyan", "open": "yellow", "ours": "magenta", "typed": "dim"}


class Scorecard:
    """Prints one result.

    Args:
        assignment: the week.
        result: the result to print.
        console: where to print it.
        hidden: whether to show the data of hidden checks.
        before: the result of the check before, to say what has changed.
        behind: the result of the earlier task that the only task of `result` waits for or builds on.
        pushed: whether the result is from a push.
    """

    def __init__(
        self,
        assignment: Assignment,
        result: Result,
        console: Console,
        *,
        hidden: bool = False,
        before: Result | None = None,
        behind: Result | None = None,
        pushed: bool = False,
    ) -> None:
        self.assignment = assignment
        self.result = result
        self.console = console
        self.hidden = hidden
        self.before = before
        self.behind = behind
        self.pushed = pushed
        self.plain = "utf" not in (console.encoding or "").lower()

    def print(self) -> None:
        """Print the whole card."""
        self._line()
        self._heading()
        if not self.result.tasks:
            self._say(f"Could not be graded: {sanitize(self.result.reason or self.result.status)}")
            self._say("This is not a problem with your code.")
            return
        for task in self.result.tasks:
            self._task(task)
        self._total()
        for change in changes(self.before, self.result):
            self._say(change, "cyan")
        for adjustment in self.result.adjustments:
            self._say(f"From your instructor: {sanitize(adjustment.text)}", "cyan")
        red = self._red()
        self._cards(red)
        notes = notes_beside(self.result.notes, self._cause(red))
        if notes:
            self._line()
        for note in notes:
            self._say(f"Note: {sanitize(note)}", "yellow")
        self._closing(red)

    def print_card(self) -> None:
        """Print only the card of the first red task, if there is one."""
        self._cards(self._red())

    def _red(self) -> TaskResult | None:
        """Return the task whose card is shown; where the only task waits, the one behind it."""
        return next((task for task in (self.behind or self.result).tasks if task.verdict in RED), None)

    def _line(self, text: str = "", style: str = "") -> None:
        self.console.print(Text(text, style=style), soft_wrap=True)

    def _say(self, text: str, style: str = "") -> None:
        """Print text, wrapped at words."""
        for line in wrapped(text, self.console.width - 2):
            self._line(f"  {line}", style)

    def _heading(self) -> None:
        line = Text(f"  {self.assignment.title}", style="bold")
        line.append(f"  ({self.assignment.name})", style="dim")
        self.console.print(line, soft_wrap=True)
        self._line()

    @property
    def _title_width(self) -> int:
        return min(max(len(task.title) for task in self.result.tasks), TITLE)

    @property
    def _points_width(self) -> int:
        return max(7, *(len(f"{self.result.points(task)}/{task.points}") for task in self.result.tasks))

    @property
    def _bonus(self) -> str:
        """Return what follows the points of a bonus task, if there is one."""
        return BONUS if any(task.bonus for task in self.result.tasks) else ""

    def _task(self, task: TaskResult) -> None:
        plain, color = LOOKS[task.verdict]
        sign, said = plain if self.plain else SIGNS[task.verdict], sanitize(remark(task))
        narrow = self.console.width < NARROW
        titles = wrapped(task.title, self._title_width)
        edge = 9 + self._title_width + 2 + self._points_width + 2 + len(self._bonus)
        remarks = [] if narrow or not said else _two_lines(said, self.console.width - edge)
        for index, (title, words) in enumerate(zip_longest(titles, remarks, fillvalue="")):
            line = Text(f"  {sign} " if not index else "    ", style=color)
            number, points = ("", "") if index else (str(task.number), f"{self.result.points(task)}/{task.points}")
            bonus = BONUS if task.bonus and not index else ""
            line.append(
                f"{number:>3}  {title:<{self._title_width}}", style="dim" if task.verdict is Verdict.SKIPPED else ""
            )
            line.append(f"  {points:>{self._points_width}}{bonus:<{len(self._bonus)}}")
            line.append(f"  {words}", style="dim")
            line.rstrip()
            self.console.print(line, soft_wrap=True)
        if narrow and said:
            for words in _two_lines(said, self.console.width - 9):
                self._line(" " * 9 + words, "dim")

    def _total(self) -> None:
        if len(self.result.tasks) < len(self.assignment.tasks):
            return
        score = "?" if self.result.score is None else str(self.result.score)
        points = f"{score}/{self.result.max_score}"
        self._line(f"{'':9}{'Total':<{self._title_width}}  {points:>{self._points_width}}", "bold")

    def _cause(self, red: TaskResult | None) -> str:
        """Return the cause that the card of a red task shows."""
        rows = check_rows(first_bad(red), hidden=self.hidden) if red else []
        return next((sanitize(row.text) for row in rows if row.label == CAUSE), "")

    def _cards(self, red: TaskResult | None) -> None:
        """Print the card of a red task; below that of an earlier one, the task's own if it has another error."""
        if red is None:
            return
        if not self.behind:
            self._card(red)
            return
        asked = self.result.tasks[0]
        verb = "waits for" if asked.verdict is Verdict.SKIPPED else "builds on"
        self._line()
        self._say(f"Task {asked.number} {verb} task {red.number}, which is red:", "cyan")
        self._card(red)
        if asked.verdict in RED and opening(first_bad(asked)) != opening(first_bad(red)):
            self._card(asked)

    def _card(self, task: TaskResult) -> None:
        self._line()
        self._line(f"  Task {task.number}: {task.title}", "bold")
        for row in self._rows(task):
            self._row(row)

    def _row(self, row: Row) -> None:
        text, width = sanitize(row.text), self.console.width - 4
        if row.label == STUCK and len(text) > width - LABEL:
            text = text.replace(": ", ":\n")  # so that the command is in one piece
        if row.label in (CAUSE, HAPPENED):
            for line in lead_lines(text, width):
                self._line(f"    {line}", "red" if row.label == CAUSE else "")
            return
        if row.label == TRY_IT:
            self._line(f"    {row.label}", "dim")
            for line in lines_of(text, width):
                # A command begins in the first column, and is pasted whole.
                self._line(line if COMMAND.match(line) else f"    {line}")
            return
        lines = wrapped(text, width - LABEL)
        if row.label == CAME_BACK and len(lines) > ANSWER_LINES:
            lines = [*lines[: ANSWER_LINES - 1], "…"]
        for index, line in enumerate(lines):
            label = Text(f"    {row.label if not index else '':<{LABEL}}", style="dim")
            self.console.print(label.append(line, style="default"), soft_wrap=True)

    def _rows(self, task: TaskResult) -> list[Row]:
        """Return the rows of a task's card: those of its first red check, and where to go on."""
        check = first_bad(task)
        rows = check_rows(check, hidden=self.hidden)
        if more := also(task, check):
            rows.append(Row("Also", more))
        rows.append(Row("Read", f'README.md, "{task.number}. {task.title}"'))
        if hints := hints_left(self.assignment, task.number):
            count = "1 hint" if hints == 1 else f"{hints} hints"
            command = typed("hint", self.assignment.name, task.number, here=not self.pushed)
            rows.append(Row(STUCK, f"{count} left: {command}"))
        return rows

    def _closing(self, red: TaskResult | None) -> None:
        self._line()
        for text, tone in advice(self.assignment, self.result, red, pushed=self.pushed):
            self._say(text, TONES[tone])
        # With the seed of an official grading the data of hidden checks could be drawn again.
        seed = "" if self.result.scope == OFFICIAL and not self.hidden else f", seed {self.result.seed}"
        self._line(f"  {self.result.duration_s:.1f} s{seed}", "dim")


def _two_lines(text: str, width: int) -> list[str]:
    """Return the first two lines of a string, the second with an ellipsis if there are more."""
    width = max(width, 20)
    lines = fitted(text, width)
    if len(lines) > REMARK_LINES:
        lines[REMARK_LINES - 1] = shortened(" ".join(lines[REMARK_LINES - 1 : REMARK_LINES + 1]), width)
    return lines[:REMARK_LINES]


def print_card(
    assignment: Assignment, result: Result, *, before: Result | None = None, behind: Result | None = None
) -> None:
    """Print the scorecard to standard output."""
    Scorecard(assignment, result, Console(highlight=False), before=before, behind=behind).print()
