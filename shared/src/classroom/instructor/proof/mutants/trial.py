"""Grade the mutants of a week: each that earns all points must be listed as right."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from classroom.checks.workers.pool import Pool
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
    """How a week's mutants fared.

    Attributes:
        graded: how many were graded.
        killed: how many lost a task.
        named: how many earned all points and are listed as right.
        survivors: those that earned all points and are not named.
        problems: each names the location and what to do.
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
    on_result: Callable[[Mutant, Result], None] = lambda *_: None,
) -> Trial:
    """Grade the mutants of a week with all its checks.

    Args:
        assignment: the week.
        jobs: how many are graded at once; 0 is one for each core.
        seed: of the checks' data, and of the sample.
        only: grade only mutants with this text in their short form.
        sandbox: the sandbox around each, `bubblewrap` or `none`.
        sample: how many, drawn by the seed; None for all.
        on_result: called with each mutant and its result.
    """
    every = mutants(assignment)
    chosen = _sampled([mutant for mutant in every if only is None or only in mutant.name], sample, seed)
    right = named(assignment)
    found = Trial(assignment, problems=list(right.problems))
    names = {mutant.name for mutant in every}
    for name in right.reasons:
        if name not in names:
            found.problems.append(f"{assignment.name}: {HEADING!r} lists a mutant that no longer exists: {name}")
    for mutant, result in _graded(assignment, chosen, jobs, seed, sandbox, on_result):
        if mutant is None:
            if check := killer(result):
                found.problems.append(
                    f"{assignment.name}: the solution itself fails {check}, so this run proves nothing."
                )
            continue
        _judge(found, mutant, result, named_as_right=mutant.name in right.reasons)
    found.survivors.sort(key=every.index)
    return found


def _sampled(found: list[Mutant], sample: int | None, seed: int) -> list[Mutant]:
    if sample is None or sample >= len(found):
        return found
    return sorted(random.Random(seed).sample(found, sample), key=found.index)  # noqa: S311 - a sample, not a secret


def _judge(found: Trial, mutant: Mutant, result: Result, *, named_as_right: bool) -> None:
    """Record how a mutant fared."""
    found.graded += 1
    where = f"{found.assignment.name}: {mutant.location}"
    if killer(result):
        found.killed += 1
        if named_as_right:
            found.problems.append(f"{where} is listed as right, but loses points: {mutant.name}")
    elif result.status != GRADED:
        found.problems.append(f"{where} could not be graded: {result.reason} ({mutant.name})")
    elif named_as_right:
        found.named += 1
    else:
        found.survivors.append(mutant)


def killer(result: Result) -> str | None:
    """Return the check that a mutant fails first, at which its grading ends; None if it survives."""
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
    on_result: Callable[[Mutant, Result], None],
) -> list[tuple[Mutant | None, Result]]:
    """Return each mutant with its result, and the solution (as None) once before and once after them."""
    found: list[tuple[Mutant | None, Result]] = []
    with (
        ScratchDir("mutants") as scratch,
        Pool(assignment, jobs=jobs, sandbox=sandbox, room=scratch / "pool") as pool,
    ):
        grading, by_name = [], {}
        for number, mutant in enumerate([None, *chosen, None]):
            folder, name = scratch / f"{number}", f"mutant {number}"
            (mutant or solution(assignment)).materialize(assignment, folder)
            by_name[name] = mutant
            job = pool.job(Submission(name, folder), seed=seed, out=scratch / f"{number}.json")
            grading.append(replace(job, until_red=True))
        for job, result in pool.grade(grading):
            mutant = by_name[job.name]
            found.append((mutant, result))
            if mutant is not None:
                on_result(mutant, result)
    return found
