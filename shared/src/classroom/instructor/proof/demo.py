"""A sample cohort, made of the course's own answers under invented names: what grading looks like, in a minute."""

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
MARK = ".demo"  # in a folder that this has made, and may make anew
COHORT = 40
SEED = 2026
MANY = 8


def sample(assignment: Assignment, to: Path, *, sandbox: str) -> Cohort:
    """Lay out forty submissions in a new folder: mostly wrong in one way, some right, a few not begun, two the same.

    Raises:
        UsageError: the folder is there already and was not made by this.
    """
    if to.exists():
        if not (to / MARK).is_file():
            raise UsageError(f"{to} is there already: name another folder with --to.")
        shutil.rmtree(to)
    to.mkdir(parents=True)
    (to / MARK).touch()
    draw = random.Random(SEED)  # noqa: S311 - a sample, no secret
    known = [case for case in cases(assignment) if case.kind != DEGENERATE]
    by_kind = {kind: [case for case in known if case.kind == kind] for kind in (STARTER, SOLUTION, RIGHT, WRONG)}
    chosen = [
        *by_kind[STARTER] * 3,
        *by_kind[SOLUTION] * 2,
        *draw.sample(by_kind[RIGHT], min(MANY, len(by_kind[RIGHT]))),
    ]
    # The page shows a pair that is worth a look only where somebody has written in a way that the others have not.
    chosen += [case for case in by_kind[RIGHT] if case.path.with_suffix("").is_dir() and case not in chosen][:1] * 2
    chosen += draw.sample(by_kind[WRONG], COHORT - len(chosen))
    draw.shuffle(chosen)
    for name, case in zip(NAMES, chosen, strict=False):
        case.lay_out(assignment, to / "submissions" / f"{assignment.name}-{name}")
    return Cohort(assignment, to / "submissions", to / "grades", seed=SEED, sandbox=sandbox)
