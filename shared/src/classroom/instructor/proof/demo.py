"""A sample cohort of known answers under invented names, which shows what grading looks like."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.instructor.grading.cohort import Cohort
from classroom.instructor.proof.cases import DEGENERATE, RIGHT, SOLUTION, STARTER, WRONG, cases

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment

NAMES = (
    *("alba", "amir", "anna", "bela", "bruno", "carla", "chen", "dalia", "david", "elif", "emre"),
    *("fatou", "finn", "gita", "hana", "hugo", "ines", "ivan", "jamila", "jonas", "kaito", "kira"),
    *("leila", "luca", "maja", "milo", "nadia", "noah", "olga", "omar", "pablo", "priya", "quinn"),
    *("rosa", "sami", "tara", "ugo", "vera", "wei", "yara", "zoe"),
)
MARKER = ".demo"  # in a folder that this has made, and may make again
COHORT = 40
SEED = 2026
RIGHT_ANSWERS = 8


def sample(assignment: Assignment, to: Path, *, sandbox: str) -> Cohort:
    """Write forty submissions into a new folder: most are wrong in one way, some right, a few not started, two equal.

    Raises:
        UsageError: the folder exists and was not made by this.
    """
    if to.exists():
        if not (to / MARKER).is_file():
            raise UsageError(f"{to} exists: choose another folder with --to.")
        shutil.rmtree(to)
    to.mkdir(parents=True)
    (to / MARKER).touch()
    draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    known = [case for case in cases(assignment) if case.kind != DEGENERATE]
    by_kind = {kind: [case for case in known if case.kind == kind] for kind in (STARTER, SOLUTION, RIGHT, WRONG)}
    chosen = [
        *by_kind[STARTER] * 3,
        *by_kind[SOLUTION] * 2,
        *draw.sample(by_kind[RIGHT], min(RIGHT_ANSWERS, len(by_kind[RIGHT]))),
    ]
    # Two equal answers in a style of their own, which the page shows as a group.
    chosen += [case for case in by_kind[RIGHT] if case.path.with_suffix("").is_dir() and case not in chosen][:1] * 2
    chosen += draw.sample(by_kind[WRONG], COHORT - len(chosen))
    draw.shuffle(chosen)
    for name, case in zip(NAMES, chosen, strict=False):
        case.materialize(assignment, to / "submissions" / f"{assignment.name}-{name}")
    # Nearly all of them are the solution with an edit; only the two equal answers are to look alike.
    common = (assignment.folder / "grading" / "solution",)
    return Cohort(assignment, to / "submissions", to / "grades", seed=SEED, sandbox=sandbox, common=common)
