"""What `verify` prints while it runs, and at the end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment
    from classroom.core.result import Result
    from classroom.instructor.proof.cases import Case
    from classroom.instructor.proof.mutants import Mutant
    from classroom.instructor.proof.mutants.trial import Trial
    from classroom.instructor.proof.verify import Proof

PLURALS = {"slip": "slips", "prefix": "prefixes"}  # of the other kinds, such as right, any number is the same word


class ProofReport:
    """Prints what was found in each week, and counts it."""

    def __init__(self, *, verbose: bool) -> None:
        self.verbose = verbose
        self.problems = 0
        self.graded = 0
        self.began = self.week_began = time.monotonic()

    def begin(self, assignment: Assignment) -> None:
        """Begin with a week."""
        self.week_began = time.monotonic()
        if self.verbose:
            print(assignment.name)

    def show(self, case: Case, result: Result) -> None:
        """Print one line for a case, if verbose."""
        if self.verbose:
            lost = ", ".join(str(task.number) for task in result.tasks if task.verdict != "pass")
            loses = f"loses {lost}" if lost else ""
            print(f"  {case.title:<48} {result.score!s:>4}  {loses:<20} {result.duration_s:.2f} s", flush=True)

    def end(self, proof: Proof) -> None:
        """Print what was found in a week."""
        self.problems += len(proof.problems)
        self.graded += proof.graded
        kinds = ", ".join(_cases(count, kind) for kind, count in proof.kinds.items())
        seconds = time.monotonic() - self.week_began
        lines = [f"{proof.assignment.name}: {kinds}, in {seconds:.1f} s: {_problems(len(proof.problems))}"]
        if proof.visible:
            shares = ", ".join(f"task {number} {seen}/{lost}" for number, (lost, seen) in sorted(proof.visible.items()))
            lines.append(f"  wrong answers that a visible check catches: {shares}")
        if proof.slips:
            named, count = proof.slips
            lines.append(f"  slips whose card begins with the cause: {named} of {count} ({100 * named // count} %)")
        if proof.slowest:
            lines.append(f"  slowest check that passed: {proof.slowest[0]:.1f} s, {proof.slowest[1]}")
        if proof.degenerate:
            points = ", ".join(f"{name} {points}" for name, points in proof.degenerate.items())
            lines.append(f"  points beyond task 1: {points}")
        lines += [f"  {reason}" for reason in proof.left_out]
        lines += [f"  - {problem}" for problem in proof.problems]
        print("\n".join(lines), flush=True)

    def show_mutant(self, mutant: Mutant, result: Result) -> None:
        """Print one line for a mutant, if verbose."""
        if self.verbose:
            from classroom.instructor.proof.mutants.trial import killer

            check = killer(result)
            print(f"  {mutant.name}\n    {f'fails {check}' if check else 'survives'}", flush=True)

    def end_of_trial(self, trial: Trial) -> None:
        """Print how a week's mutants fared: each survivor with its line and its change."""
        self.problems += len(trial.problems) + len(trial.survivors)
        self.graded += trial.graded
        seconds = time.monotonic() - self.week_began
        counts = f"{trial.graded} mutants, {trial.killed} lose points, {trial.named} are listed as right"
        survivors = f"{len(trial.survivors) or 'none'} survive unlisted"
        lines = [f"{trial.assignment.name}: {counts}, {survivors}, in {seconds:.1f} s"]
        for mutant in trial.survivors:
            before, after = mutant.difference
            lines.append(f"  - {mutant.location} still earns all points:\n      - {before}\n      + {after}")
            lines.append(f"    Add a check, or list it in grading/design.md with a reason:\n      {mutant.name}")
        lines += [f"  - {problem}" for problem in trial.problems]
        print("\n".join(lines), flush=True)

    def close(self) -> int:
        """Print the totals; return the exit status."""
        seconds = time.monotonic() - self.began
        answers = "answer" if self.graded == 1 else "answers"
        print(f"{self.graded} {answers} graded in {seconds:.1f} s, {_problems(self.problems)}")
        return 1 if self.problems else 0


def _problems(count: int) -> str:
    return f"{count or 'no'} {'problem' if count == 1 else 'problems'}"


def _cases(count: int, kind: str) -> str:
    return f"{count} {PLURALS.get(kind, kind) if count != 1 else kind}"
