"""What the instructor's long-running commands show while they work, and at their end."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from classroom.core.result import COULD_NOT_GRADE, GRADED, MISSING, Result
from classroom.core.text import first_line, sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.instructor.proof.cases import Case
    from classroom.instructor.proof.mutants import Mutant
    from classroom.instructor.proof.mutants.trial import Trial
    from classroom.instructor.proof.verify import Proof


class Meter:
    """A bar with an estimate, and a line for each result as it comes."""

    def __init__(self) -> None:
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
        """Say how many are to be graded, and how many are done already."""
        self.bar.update(self.task, total=due)
        if done:
            self.console.print(f"  {done} graded before and unchanged; --force grades them again.", style="dim")

    def tell(self, result: Result) -> None:
        """One line for a result."""
        self.bar.advance(self.task)
        name = sanitize(result.submission)
        if result.status == GRADED:
            remarks = [*([f"late: {result.late}"] if result.late else []), *result.notes]
            remark = f"  {first_line(remarks[0], 70)}" if remarks else ""
            line = f"  {name:<32} {result.score:>4}/{result.max_score}{remark}"
        else:
            line = f"  {name:<32} could not be graded: {first_line(result.reason or '', 80)}"
        self.console.print(line, markup=False, style="" if result.status == GRADED else "magenta", soft_wrap=True)

    def close(self, results: Sequence[Result], out: Path) -> None:
        """The count of all, and where they are."""
        graded = [result.score for result in results if result.status == GRADED and result.score is not None]
        parts = [f"{len(graded)} graded"]
        for status, words in ((COULD_NOT_GRADE, "could not be graded"), (MISSING, "missing")):
            if count := sum(result.status == status for result in results):
                parts.append(f"{count} {words}")
        mean = f", {sum(graded) / len(graded):.0f} points on average" if graded else ""
        seconds = time.monotonic() - self.began
        lines = [f"{', '.join(parts)}{mean}, in {seconds:.1f} s", f"gradebook  {out / 'gradebook.csv'}"]
        for line in [*lines, f"page       {out / 'report.html'}"]:
            self.console.print(f"  {line}", markup=False, soft_wrap=True)
        if any(result.sandbox == "none" for result in results if result.status == GRADED):
            self.console.print("  Graded without walls: only for code that you trust.", style="yellow")


class Proofs:
    """What `verify` says of each week."""

    def __init__(self, *, verbose: bool) -> None:
        self.verbose = verbose
        self.problems = 0
        self.graded = 0
        self.began = time.monotonic()

    def begin(self, assignment: Assignment) -> None:
        """A week's turn has come."""
        self.week_began = time.monotonic()
        if self.verbose:
            print(assignment.name)

    def tell(self, case: Case, result: Result) -> None:
        """One line for a case, where wanted."""
        if self.verbose:
            lost = ", ".join(str(task.number) for task in result.tasks if task.verdict != "pass")
            loses = f"loses {lost}" if lost else ""
            print(f"  {case.title:<48} {result.score!s:>4}  {loses:<20} {result.duration_s:.2f} s", flush=True)

    def end(self, proof: Proof) -> None:
        """What was found in a week."""
        self.problems += len(proof.problems)
        self.graded += proof.graded
        kinds = ", ".join(f"{count} {kind}" for kind, count in proof.kinds.items())
        seconds = time.monotonic() - self.week_began
        print(f"{proof.assignment.name}: {kinds}, in {seconds:.1f} s: {len(proof.problems) or 'no'} problems")
        if proof.visible:
            shares = ", ".join(f"task {number} {seen}/{lost}" for number, (lost, seen) in sorted(proof.visible.items()))
            print(f"  wrong answers that a visible check shows: {shares}")
        if proof.slowest:
            print(f"  slowest check that passed: {proof.slowest[0]:.1f} s, {proof.slowest[1]}")
        if proof.degenerate:
            print(
                f"  points beyond task 1: {', '.join(f'{name} {points}' for name, points in proof.degenerate.items())}"
            )
        for told in proof.left_out:
            print(f"  {told}")
        for problem in proof.problems:
            print(f"  - {problem}")
        sys.stdout.flush()

    def tell_mutant(self, mutant: Mutant, result: Result) -> None:
        """One line for a mutant, where wanted."""
        if self.verbose:
            from classroom.instructor.proof.mutants.trial import killer

            check = killer(result)
            print(f"  {mutant.name}\n    {f'falls at {check}' if check else 'survives'}", flush=True)

    def end_of_trial(self, trial: Trial) -> None:
        """What became of a week's mutants; each survivor with its place and its change."""
        self.problems += len(trial.problems) + len(trial.survivors)
        self.graded += trial.graded
        print(
            f"{trial.assignment.name}: {trial.graded} mutants, {trial.killed} lose points, {trial.named} are named as"
            f" right, {len(trial.survivors) or 'none'} survive unnamed, in {time.monotonic() - self.week_began:.1f} s"
        )
        for mutant in trial.survivors:
            before, after = mutant.words
            print(f"  - {mutant.place} still earns everything:\n      - {before}\n      + {after}")
            print(f"    Add a check, or name it in grading/design.md with a reason:\n      {mutant.name}")
        for problem in trial.problems:
            print(f"  - {problem}")
        sys.stdout.flush()

    def close(self) -> int:
        """The sum; the exit status."""
        seconds = time.monotonic() - self.began
        print(f"{self.graded} answers graded in {seconds:.1f} s, {self.problems or 'no'} problems")
        return 1 if self.problems else 0
