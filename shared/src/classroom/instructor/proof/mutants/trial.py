"""The mutants of a week, graded: whoever still earns everything has to be named."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from classroom.checks.pool import Pool
from classroom.core.result import GRADED, Result, Verdict
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.instructor.proof.cases import solution
from classroom.instructor.proof.mutants import Mutant, mutants
from classroom.instructor.proof.mutants.named import HEADING, named

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.core.assignment import Assignment


@dataclass
class Trial:
    """What became of a week's mutants.

    Attributes:
        graded: how many there were.
        killed: how many of them lost a task.
        named: how many earned everything and are named as right.
        survivors: those that earned everything and are not named.
        problems: each names the place and what to do.
    """

    assignment: Assignment
    graded: int = 0
    killed: int = 0
    named: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def trial(
    assignment: Assignment,
    *,
    jobs: int = 0,
    seed: int = 1,
    only: str | None = None,
    sandbox: str = "none",
    sample: int | None = None,
    tell: Callable[[Mutant, Result], None] = lambda *_: None,
) -> Trial:
    """Grade the mutants of a week on its whole suite.

    Args:
        assignment: the week.
        jobs: how many are graded at once.
        seed: for the data of the checks, and for the sample.
        only: a part of the short form of the mutants that are wanted.
        sandbox: the walls around each.
        sample: how many of them, drawn by the seed; all when None.
        tell: called with each mutant and its result as it comes.
    """
    every = mutants(assignment)
    chosen = [mutant for mutant in every if only is None or only in mutant.name]
    if sample is not None and sample < len(chosen):
        chosen = sorted(random.Random(seed).sample(chosen, sample), key=every.index)  # noqa: S311 - a sample, no secret
    right = named(assignment)
    found = Trial(assignment, problems=list(right.problems))
    there = {mutant.name for mutant in every}
    for name in right.reasons:
        if name not in there:
            found.problems.append(f"{assignment.name}: {HEADING!r} names what is no mutant any more: {name}")
    for mutant, result in _graded(assignment, chosen, jobs, seed, sandbox, tell):
        if mutant is None:
            if check := killer(result):
                found.problems.append(
                    f"{assignment.name}: the solution itself falls at {check}: what fell proves nothing."
                )
            continue
        _judge(found, mutant, result, named_as_right=mutant.name in right.reasons)
    found.survivors.sort(key=every.index)
    return found


def _judge(found: Trial, mutant: Mutant, result: Result, *, named_as_right: bool) -> None:
    """Write down what became of a mutant."""
    found.graded += 1
    where = f"{found.assignment.name}: {mutant.place}"
    if killer(result):
        found.killed += 1
        if named_as_right:
            found.problems.append(f"{where} is named as right, and loses points: {mutant.name}")
    elif result.status != GRADED:
        found.problems.append(f"{where} could not be graded: {result.reason} ({mutant.name})")
    elif named_as_right:
        found.named += 1
    else:
        found.survivors.append(mutant)


def killer(result: Result) -> str | None:
    """The check that a mutant falls at: with it the grading ends."""
    for task in result.tasks:
        for check in task.checks:
            if check.verdict is Verdict.FAIL:
                return f"{check.name} (task {task.number})"
    return None


def _graded(
    assignment: Assignment,
    chosen: list[Mutant],
    jobs: int,
    seed: int,
    sandbox: str,
    tell: Callable[[Mutant, Result], None],
) -> list[tuple[Mutant | None, Result]]:
    """Each mutant with its result, and the solution with its own, once before them and once after."""
    found: list[tuple[Mutant | None, Result]] = []
    with (
        ScratchDir("mutants") as room,
        Pool(assignment, jobs=jobs, sandbox=sandbox, room=room / "pool") as pool,
    ):
        orders, by_name = [], {}
        for number, mutant in enumerate([None, *chosen, None]):
            place, name = room / f"{number}", f"mutant {number}"
            (mutant or solution(assignment)).lay_out(assignment, place)
            by_name[name] = mutant
            order = pool.job(Submission(name, place), seed=seed, out=room / f"{number}.json")
            orders.append(replace(order, until_red=True))
        for order, result in pool.grade(orders):
            mutant = by_name[order.name]
            found.append((mutant, result))
            if mutant is not None:
                tell(mutant, result)
    return found
