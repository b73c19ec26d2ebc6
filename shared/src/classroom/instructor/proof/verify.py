"""The course proves itself: fair to right answers, sharp on wrong ones, and of one piece."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from classroom.checks.pool import Pool
from classroom.core.errors import ClassroomError
from classroom.core.result import Result, Verdict
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.instructor.proof import expected
from classroom.instructor.proof.cases import DEGENERATE, PREFIX, RIGHT, SOLUTION, WITHOUT, WRONG, Case, cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classroom.core.assignment import Assignment

HIDDEN_ONLY_SHARE = 5
AGAIN = "again"
SILENT, SILENT_S = "silent", 0.3


@dataclass
class Proof:
    """What verifying a week found.

    Attributes:
        graded: how many answers were graded.
        problems: each names the file and what to do.
        left_out: what could not be proven on this machine, each with what to do.
        degenerate: what each degenerate app earns beyond task 1.
        slowest: the seconds of the check that took longest of all that passed, and its name with the case's.
        visible: for each task, how many wrong answers lose it, and how many of them lose a visible check of it.
    """

    assignment: Assignment
    graded: int = 0
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    visible: dict[int, tuple[int, int]] = field(default_factory=dict)
    degenerate: dict[str, int] = field(default_factory=dict)
    slowest: tuple[float, str] | None = None


def verify(
    assignment: Assignment,
    *,
    jobs: int = 0,
    seed: int = 1,
    only: str | None = None,
    sandbox: str = "none",
    sample: int | None = None,
    tell: Callable[[Case, Result], None] = lambda *_: None,
) -> Proof:
    """Grade every case of a week, and hold each against what it says of itself.

    Args:
        assignment: the week.
        jobs: how many are graded at once.
        seed: for the data of the checks.
        only: a part of the title of the cases that are wanted, such as `wrong/route`.
        sandbox: the walls around each answer.
        sample: how many of each kind, drawn by the seed; all when None. Starter and solution are always graded.
        tell: called with each case and its result as it comes.
    """
    from classroom.instructor.proof import consistency, readme_examples, readme_shell

    proof = Proof(assignment)
    every = cases(assignment)
    known = _drawn([case for case in every if only is None or only in case.title], sample, seed)
    if only is None:
        proof.problems += consistency.problems(assignment)
        # A system of several parts needs a real shell beside it; one app is asked in this process.
        readme = readme_shell if "storage" in assignment.services else readme_examples
        proof.problems += readme.problems(assignment)
        proof.left_out += filter(None, [readme_shell.skip_reason(assignment)])
        proof.problems += _published(assignment)
    results = _graded(assignment, known, jobs, seed, sandbox, tell)
    for case in known:
        proof.graded += 1
        proof.kinds[case.kind] += 1
        proof.problems += expected.problems(case, results[case.title], assignment)
    proof.slowest = max(_passed(known, results), default=None)
    if only is None:
        proof.problems += _same_twice(results)
        proof.problems += _hidden_only(every)
        proof.visible = _visible(known, results)
        proof.degenerate = {
            case.name: expected.bought(results[case.title]) for case in known if case.kind == DEGENERATE
        }
    return proof


def _published(assignment: Assignment) -> list[str]:
    """Why the week cannot be published or exported, or would give something away."""
    from classroom.instructor.handout.classroom50 import export_classroom50
    from classroom.instructor.handout.publish import publish

    if not (assignment.folder.parent / "shared").is_dir():
        return []
    with ScratchDir("verify") as room:
        try:
            publish(str(assignment.folder), str(room / "edition"), assignment.folder)
            export_classroom50(str(assignment.folder), room / "classroom50")
        except ClassroomError as error:
            return [f"{assignment.name} cannot be published: {error}"]
    return []


def _drawn(known: list[Case], sample: int | None, seed: int) -> list[Case]:
    """The cases, of each kind but the starter and the solution only so many as are wanted, others for another seed."""
    if sample is None:
        return known
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    left_out: set[str] = set()
    for kind in (RIGHT, WRONG, PREFIX, WITHOUT, DEGENERATE):
        titles = [case.title for case in known if case.kind == kind]
        left_out.update(chance.sample(titles, max(0, len(titles) - sample)))
    return [case for case in known if case.title not in left_out]


def _graded(
    assignment: Assignment,
    known: list[Case],
    jobs: int,
    seed: int,
    sandbox: str,
    tell: Callable[[Case, Result], None],
) -> dict[str, Result]:
    """Every case's result by its title; the solution a second time as `again`."""
    results: dict[str, Result] = {}
    by_name = {case.title: case for case in known}
    with (
        ScratchDir("verify") as room,
        Pool(assignment, jobs=jobs, sandbox=sandbox, room=room / "pool") as pool,
    ):
        orders = []
        for number, case in enumerate(known):
            place = room / f"{number}"
            case.lay_out(assignment, place)
            order = pool.job(Submission(case.title, place), seed=seed, out=room / f"{number}.json")
            orders.append(replace(order, request_s=SILENT_S) if case.name == SILENT else order)
            if case.kind == SOLUTION:
                orders.append(pool.job(Submission(AGAIN, place), seed=seed, out=room / "again.json"))
        # An app that refuses everything waits more than it computes: begun first, it waits while others compute.
        waiting = {case.title for case in known if case.kind == DEGENERATE}
        orders.sort(key=lambda order: order.name not in waiting)
        for order, result in pool.grade(orders):
            results[order.name] = result
            if order.name in by_name:
                tell(by_name[order.name], result)
    return results


def _same_twice(results: dict[str, Result]) -> list[str]:
    first, second = results.get(SOLUTION), results.get(AGAIN)
    if first is None or second is None or first.score == second.score:
        return []
    return [f"{first.assignment}: the solution scores {first.score}, and {second.score} when it is graded again."]


def _passed(known: list[Case], results: dict[str, Result]) -> Iterator[tuple[float, str]]:
    for case in known:
        for check in expected.checks(results[case.title]):
            if check.verdict is Verdict.PASS:
                yield check.duration_s, f"{check.name} ({case.title})"


def _hidden_only(known: list[Case]) -> list[str]:
    wrong = [case for case in known if case.kind == WRONG]
    hidden = [case.name for case in wrong if case.hidden_only]
    if len(hidden) * HIDDEN_ONLY_SHARE <= len(wrong):
        return []
    return [
        f"{len(hidden)} of {len(wrong)} wrong answers show in hidden checks alone, more than one in {HIDDEN_ONLY_SHARE}."
    ]


def _visible(known: list[Case], results: dict[str, Result]) -> dict[int, tuple[int, int]]:
    counted: dict[int, tuple[int, int]] = {}
    for case in known:
        for task in results[case.title].tasks if case.kind == WRONG else ():
            if task.number in case.loses:
                lost, seen = counted.get(task.number, (0, 0))
                shown = any(check.verdict is not Verdict.PASS for check in task.checks if not check.hidden)
                counted[task.number] = (lost + 1, seen + shown)
    return counted
