"""Prove a week: right answers earn all points, wrong ones lose the right tasks, and its texts agree."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from classroom.checks.workers.pool import Pool
from classroom.core.result import Result, Verdict
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.instructor.proof import expected
from classroom.instructor.proof.cases import DEGENERATE, PREFIX, RIGHT, SOLUTION, WITHOUT, WRONG, Case, cases, write_all
from classroom.instructor.proof.slips import SLIP, read_slips, unnamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classroom.core.assignment import Assignment

HIDDEN_ONLY_SHARE = 5  # at most one in so many wrong answers may show only in hidden checks
AGAIN = "again"
UNSOUND = "the other answers are compared once the solution earns all points: correct it, or the check, first."
SILENT, SILENT_SECONDS = "silent", 0.3  # time limit of a request to the app that never responds


@dataclass
class Proof:
    """What verifying a week found.

    Attributes:
        graded: how many answers were graded.
        problems: each names the file and what to do.
        left_out: what could not be proven on this machine, each with what to do.
        kinds: how many answers of each kind were graded.
        visible: for each task, how many wrong answers lose it, and how many of those lose a visible check of it.
        degenerate: the points that each degenerate app earns beyond task 1.
        slips: how many cards of slips begin with the cause, and how many slips there are.
        slowest: duration in seconds and name of the slowest check that passed.
    """

    assignment: Assignment
    graded: int = 0
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    visible: dict[int, tuple[int, int]] = field(default_factory=dict)
    degenerate: dict[str, int] = field(default_factory=dict)
    slips: tuple[int, int] | None = None
    slowest: tuple[float, str] | None = None


def verify(
    assignment: Assignment,
    *,
    jobs: int = 0,
    seed: int = 1,
    only: str | None = None,
    sandbox: str = "none",
    sample: int | None = None,
    on_result: Callable[[Case, Result], None] = lambda *_: None,
) -> Proof:
    """Grade every case of a week, and compare each result with what the case promises, and each slip's card with its cause.

    Args:
        assignment: the week.
        jobs: how many are graded at once; 0 is one for each core.
        seed: of the checks' data.
        only: grade only cases with this text in their title, such as `wrong/route`.
        sandbox: the sandbox around each answer, `bubblewrap` or `none`.
        sample: how many of each kind, drawn by the seed; None for all. Starter and solution are always graded.
        on_result: called with each case and its result.
    """
    proof = Proof(assignment)
    every = cases(assignment)
    chosen = _sampled([case for case in every if only is None or only in case.title], sample, seed)
    if only is None:
        _verify_files(proof)
    results = _graded(assignment, chosen, jobs, seed, sandbox, on_result)
    proof.graded += len(chosen)
    proof.kinds.update(case.kind for case in chosen)
    if _compare(proof, chosen, results):
        _verify_slips(proof, only, sample, (jobs, seed, sandbox), on_result)
    proof.slowest = max(_passed(chosen, results), default=None)
    if only is None:
        _add_up(proof, every, chosen, results)
    return proof


def _compare(proof: Proof, chosen: list[Case], results: dict[str, Result]) -> bool:
    """Add where results differ from what their cases promise; return whether the solution, the base of all, is sound.

    If it is not, only its problems are added: the others' problems follow from them.
    """
    found = {case.title: expected.problems(case, results[case.title], proof.assignment) for case in chosen}
    if wrong := found.get(SOLUTION):
        proof.problems += wrong
        proof.left_out.append(UNSOUND)
        return False
    proof.problems += [problem for problems in found.values() for problem in problems]
    return True


def _add_up(proof: Proof, every: list[Case], chosen: list[Case], results: dict[str, Result]) -> None:
    """Add what all cases show together."""
    proof.problems += _same_twice(results)
    proof.problems += _hidden_only(every)
    proof.visible = _visible(chosen, results)
    proof.degenerate = {
        case.name: expected.points_beyond_first(results[case.title]) for case in chosen if case.kind == DEGENERATE
    }


def _verify_slips(
    proof: Proof,
    only: str | None,
    sample: int | None,
    settings: tuple[int, int, str],
    on_result: Callable[[Case, Result], None],
) -> None:
    """Grade the slips, or a sample of them, and add those whose card does not begin with the cause."""
    jobs, seed, sandbox = settings
    found = [slip for slip in read_slips(proof.assignment) if only is None or only in slip.case.title]
    if sample is not None:
        found = random.Random(seed).sample(found, min(sample, len(found)))  # noqa: S311 - a sample, not a secret
    if not found:
        return
    problems = unnamed(proof.assignment, found, jobs, seed, sandbox, on_result)
    proof.graded += len(found)
    proof.kinds[SLIP] += len(found)
    proof.slips = (len(found) - len(problems), len(found))
    proof.problems += problems


def _verify_files(proof: Proof) -> None:
    """Add what is wrong with a week apart from its answers: its texts, its README, handing it out."""
    from classroom.instructor.proof import consistency, handing_out, readme_examples, readme_shell, readme_walk

    assignment = proof.assignment
    proof.problems += consistency.problems(assignment)
    # A system of several parts needs a real shell, and an extra gets one; other requests are sent from this process.
    if "storage" in assignment.services:
        proof.problems += readme_shell.problems(assignment)
    elif assignment.is_extra and not readme_walk.missing_tools():
        proof.problems += readme_examples.unclear(assignment) or readme_walk.problems(assignment)
    else:
        proof.problems += readme_examples.problems(assignment)
    skipped = [readme.skip_reason(assignment) for readme in (readme_shell, readme_walk)]
    proof.left_out += filter(None, [*skipped, *consistency.unwritten(assignment)])
    proof.problems += handing_out.problems(assignment)


def _sampled(found: list[Case], sample: int | None, seed: int) -> list[Case]:
    """Return a sample of each kind of case, half-done solutions as one kind, and always the starter and the solution."""
    if sample is None:
        return found
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    left_out: set[str] = set()
    for kinds in ((RIGHT,), (WRONG,), (PREFIX, WITHOUT), (DEGENERATE,)):
        titles = [case.title for case in found if case.kind in kinds]
        left_out.update(chance.sample(titles, max(0, len(titles) - sample)))
    return [case for case in found if case.title not in left_out]


def _graded(
    assignment: Assignment,
    chosen: list[Case],
    jobs: int,
    seed: int,
    sandbox: str,
    on_result: Callable[[Case, Result], None],
) -> dict[str, Result]:
    """Return every case's result by its title, and the solution's a second time as `again`."""
    results: dict[str, Result] = {}
    by_name = {case.title: case for case in chosen}
    with (
        ScratchDir("verify") as scratch,
        Pool(assignment, jobs=jobs, sandbox=sandbox, room=scratch / "pool") as pool,
    ):
        grading = []
        for case, folder in zip(chosen, write_all(chosen, assignment, scratch), strict=True):
            job = pool.job(Submission(case.title, folder), seed=seed, out=folder.with_suffix(".json"))
            grading.append(replace(job, request_s=SILENT_SECONDS) if case.name == SILENT else job)
            if case.kind == SOLUTION:
                grading.append(pool.job(Submission(AGAIN, folder), seed=seed, out=scratch / "again.json"))
        # Degenerate apps keep checks waiting more than computing: started first, they wait while others compute.
        waiting = {case.title for case in chosen if case.kind == DEGENERATE}
        grading.sort(key=lambda job: job.name not in waiting)
        for job, result in pool.grade(grading):
            results[job.name] = result
            if job.name in by_name:
                on_result(by_name[job.name], result)
    return results


def _same_twice(results: dict[str, Result]) -> list[str]:
    first, second = results.get(SOLUTION), results.get(AGAIN)
    if first is None or second is None or first.score == second.score:
        return []
    return [f"{first.assignment}: the solution scores {first.score}, but {second.score} when it is graded again."]


def _passed(chosen: list[Case], results: dict[str, Result]) -> Iterator[tuple[float, str]]:
    for case in chosen:
        for check in expected.checks(results[case.title]):
            if check.verdict is Verdict.PASS:
                yield check.duration_s, f"{check.name} ({case.title})"


def _hidden_only(every: list[Case]) -> list[str]:
    wrong = [case for case in every if case.kind == WRONG]
    hidden = [case.name for case in wrong if case.hidden_only]
    if len(hidden) * HIDDEN_ONLY_SHARE <= len(wrong):
        return []
    return [
        f"{len(hidden)} of {len(wrong)} wrong answers show up only in hidden checks, which is more than one in {HIDDEN_ONLY_SHARE}."
    ]


def _visible(chosen: list[Case], results: dict[str, Result]) -> dict[int, tuple[int, int]]:
    counted: dict[int, tuple[int, int]] = {}
    for case in chosen:
        for task in results[case.title].tasks if case.kind == WRONG else ():
            if task.number in case.loses:
                lost, seen = counted.get(task.number, (0, 0))
                shown = any(check.verdict is not Verdict.PASS for check in task.checks if not check.hidden)
                counted[task.number] = (lost + 1, seen + shown)
    return counted
