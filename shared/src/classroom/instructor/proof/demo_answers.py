"""Answers of a sample class to one week: what students push on their way, each graded once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from classroom.checks.workers.pool import Pool
from classroom.core.submission import Submission
from classroom.instructor.proof.cases import PREFIX, RIGHT, SOLUTION, WRONG, cases

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result

STEPS = 3  # answers of students who stopped after some task
RIGHT_ANSWERS, WRONG_ANSWERS = 2, 3
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Answer:
    """One answer.

    Attributes:
        files: what it changes in the starter, by path.
        result: of the visible checks, without any student's name.
    """

    files: dict[str, str]
    result: Result


@dataclass(frozen=True)
class Answers:
    """What can be pushed to a week: on the way, and at the end."""

    steps: tuple[Answer, ...]
    ends: tuple[Answer, ...]


def answers(assignment: Assignment, room: Path, draw: random.Random, *, sandbox: str) -> Answers:
    """Return known answers to a week with their results.

    Args:
        assignment: the week.
        room: an empty folder to work in.
        draw: chooses among the known answers.
        sandbox: around each of them.
    """
    known = cases(assignment)
    by_kind = {kind: [case for case in known if case.kind == kind] for kind in (PREFIX, SOLUTION, RIGHT, WRONG)}
    prefixes = by_kind[PREFIX]
    steps = [prefixes[len(prefixes) * number // STEPS] for number in range(min(STEPS, len(prefixes)))]
    ends = [
        *by_kind[SOLUTION],
        *draw.sample(by_kind[RIGHT], min(RIGHT_ANSWERS, len(by_kind[RIGHT]))),
        *draw.sample(by_kind[WRONG], min(WRONG_ANSWERS, len(by_kind[WRONG]))),
    ]
    chosen = [*steps, *ends]
    for number, case in enumerate(chosen):
        case.materialize(assignment, room / f"{number:02d}")
    results = _graded(assignment, room, len(chosen), sandbox)
    found = [Answer(_files(assignment, room / f"{number:02d}"), result) for number, result in enumerate(results)]
    return Answers(tuple(found[: len(steps)]), tuple(found[len(steps) :]))


def _graded(assignment: Assignment, room: Path, count: int, sandbox: str) -> list[Result]:
    results: dict[str, Result] = {}
    with closing(Pool(assignment, jobs=0, hidden=False, sandbox=sandbox, room=room / "work")) as pool:
        for number in range(count):
            submission = Submission(f"{number:02d}", room / f"{number:02d}")
            pool.take([pool.job(submission, seed=number, out=room / f"{number:02d}.json")])
        while len(results) < count:
            results |= {job.name: replace(result, seed=0) for job, result in pool.step(POLL_SECONDS)}
    return [results[f"{number:02d}"] for number in range(count)]


def _files(assignment: Assignment, folder: Path) -> dict[str, str]:
    """Return the text files of an answer that the starter has otherwise, or not at all."""
    found = {}
    for part in assignment.student_files:
        top = folder / part
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts and ".classroom" not in path.parts:
                name, text = path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8", errors="replace")
                before = assignment.folder / name
                if not before.is_file() or before.read_text(encoding="utf-8", errors="replace") != text:
                    found[name] = text
    return found
