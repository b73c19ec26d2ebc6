"""What `grade` and its like show on the terminal while they work, and at the end."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from classroom.core.result import COULD_NOT_GRADE, EXCUSED, GRADED, MISSING, NOT_STARTED, Result
from classroom.core.text import display_name, first_line, sanitize
from classroom.instructor.grading.participants import Participants
from classroom.instructor.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.instructor.grading.outcome import ScoreChange
    from classroom.instructor.grading.similarity import Group

RENAMED = (
    "If one of them only has a new username: leave the earlier one in the roster, as the repository has it, and put "
    "the new one in a column named current_username."
)


class Meter:
    """A progress bar with an estimate, and a line for each result.

    Args:
        people: the students, for their names.
    """

    def __init__(self, people: Participants | None = None) -> None:
        self.people = people or Participants(Roster(()), ())
        self.console = Console(highlight=False)
        columns = (TextColumn("  grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self.began = time.monotonic()
        self.task = self.bar.add_task("grading", total=None)

    def __enter__(self) -> Meter:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def begin(self, due: int, done: int) -> None:
        """Show how many submissions are to be graded, and how many are graded already."""
        self.bar.update(self.task, total=due)
        if done:
            self.console.print(f"  {done} graded before and unchanged; --force grades them again.", style="dim")

    def show(self, result: Result) -> None:
        """Print one line for a result."""
        self.bar.advance(self.task)
        name = display_name(self.people.shown(result.submission))
        if result.status == GRADED:
            remarks = [*([f"late: {result.late}"] if result.late else []), *result.notes]
            remark = f"  {first_line(remarks[0], 70)}" if remarks else ""
            line = f"  {name:<32} {result.score:>4}/{result.max_score}{remark}"
        elif result.status == NOT_STARTED:
            line = f"  {name:<32} not started"
        else:
            line = f"  {name:<32} could not be graded: {first_line(result.reason or '', 80)}"
        self.console.print(
            line, markup=False, style="magenta" if result.status == COULD_NOT_GRADE else "", soft_wrap=True
        )

    def close(
        self, results: Sequence[Result], out: Path, changes: Sequence[ScoreChange] = (), groups: Sequence[Group] = ()
    ) -> None:
        """Print what a regrade has changed, similar submissions, the totals, and where gradebook and page are."""
        if changes:
            noun = "score" if len(changes) == 1 else "scores"
            shown = [replace(change, name=self.people.shown(change.name)) for change in changes]
            self._list(f"{len(changes)} {noun} changed (the earlier results are in {out / 'earlier'}):", shown)
        if groups:
            noun = "group" if len(groups) == 1 else "groups"
            named = [replace(group, names=tuple(map(self.people.shown, group.names))) for group in groups]
            self._list(f"{len(groups)} {noun} of similar submissions (see {out / 'similar.csv'}):", named)
        self._totals(results, out)

    def _list(self, heading: str, lines: Sequence[object]) -> None:
        self.console.print(f"  {heading}", markup=False, soft_wrap=True)
        for line in lines:
            self.console.print(f"    {sanitize(str(line))}", markup=False, soft_wrap=True)

    def _totals(self, results: Sequence[Result], out: Path) -> None:
        graded = [result.score for result in results if result.status == GRADED and result.score is not None]
        parts = [f"{len(graded)} graded"]
        counted = (COULD_NOT_GRADE, "could not be graded"), (EXCUSED, "excused"), (NOT_STARTED, "not started")
        for status, text in (*counted, (MISSING, "missing")):
            if count := sum(result.status == status for result in results):
                parts.append(f"{count} {text}")
        mean = f", {sum(graded) / len(graded):.0f} points on average" if graded else ""
        seconds = time.monotonic() - self.began
        self._print_unmatched()
        lines = [f"{', '.join(parts)}{mean}, in {seconds:.1f} s", f"gradebook  {out / 'gradebook.csv'}"]
        for line in [*lines, f"page       {out / 'report.html'}"]:
            self.console.print(f"  {line}", markup=False, soft_wrap=True)
        if any(result.sandbox == "none" for result in results if result.status == GRADED):
            self.console.print("  Graded without a sandbox: only for code that you trust.", style="yellow")

    def _print_unmatched(self) -> None:
        """Print by name who handed in nothing, what belongs to nobody, and what was left out."""
        people = self.people
        absent = [people.shown(student.username) for student in people.absent]
        former = [people.shown(student.username) for student in people.former]
        lists = (
            (
                [f"{each.named(each.username)}, now {each.login}" for each in people.renamed],
                "graded under an earlier username:",
            ),
            (absent, "nothing handed in by"),
            (people.strangers, "not on the roster, but graded:"),
            (former, "dropped from the roster, and not graded:"),
        )
        for names, text in lists:
            if names:
                shown = ", ".join(display_name(name) for name in names)
                self.console.print(f"  {text} {shown}", markup=False, style="yellow", soft_wrap=True)
        if absent and people.strangers:
            self.console.print(f"  {RENAMED}", markup=False, style="yellow", soft_wrap=True)
