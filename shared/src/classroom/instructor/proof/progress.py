"""What `verify` prints while it runs and at its end."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.core.result import Result
    from classroom.instructor.proof.cases import Case
    from classroom.instructor.proof.mutants import Mutant
    from classroom.instructor.proof.mutants.trial import Trial
    from classroom.instructor.proof.verify import Proof


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
