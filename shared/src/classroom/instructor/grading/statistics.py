"""What a cohort's results say together: pass rates, how well a task tells strong from weak, the commonest failures."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

from classroom.core.result import GRADED, Verdict
from classroom.core.text import first_line, sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.result import CheckResult, Result

BINS = 10
THIRD = 3
FEW = 6
COMMONEST = 12


@dataclass(frozen=True)
class TaskFigures:
    """How a cohort fared in one task.

    Attributes:
        passed: share of the graded who have all its points, 0 to 1.
        earned: mean share of its points.
        discrimination: mean share among the best third minus that among the weakest; None where there are too few.
    """

    number: int
    title: str
    points: int
    passed: float
    earned: float
    discrimination: float | None


@dataclass(frozen=True)
class Failure:
    """A sentence that several students met, with what the first check that said it asks."""

    task: int
    asks: str
    message: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """A cohort in numbers."""

    graded: int
    others: tuple[tuple[str, str, str], ...]
    mean: float
    median: float
    bins: tuple[int, ...]
    tasks: tuple[TaskFigures, ...]
    failures: tuple[Failure, ...]


def figures(results: Sequence[Result]) -> Figures:
    """The numbers of a cohort, from its results."""
    graded = [result for result in results if result.status == GRADED]
    scores = [result.score or 0 for result in graded]
    others = tuple(
        (sanitize(one.submission, 80), one.status, sanitize(one.reason or ""))
        for one in results
        if one.status != GRADED
    )
    return Figures(
        graded=len(graded),
        others=others,
        mean=fmean(scores) if scores else 0.0,
        median=median(scores) if scores else 0.0,
        bins=_bins(graded),
        tasks=_tasks(graded),
        failures=_failures(graded),
    )


def _bins(graded: Sequence[Result]) -> tuple[int, ...]:
    """How many scored in each tenth of the points; full marks are in the last."""
    counted = Counter(min(BINS - 1, (one.score or 0) * BINS // max(1, one.max_score)) for one in graded)
    return tuple(counted[index] for index in range(BINS))


def _tasks(graded: Sequence[Result]) -> tuple[TaskFigures, ...]:
    if not graded:
        return ()
    ranked = sorted(graded, key=lambda one: one.score or 0)
    third = len(ranked) // THIRD
    weak, strong = ranked[:third], ranked[-third:] if third else []
    found = []
    for position, task in enumerate(graded[0].tasks):

        def share(some: Sequence[Result], position: int = position) -> float:
            return fmean(one.tasks[position].earned / max(1, one.tasks[position].points) for one in some)

        passed = fmean(one.tasks[position].verdict is Verdict.PASS for one in graded)
        told = share(strong) - share(weak) if len(graded) >= FEW else None
        found.append(TaskFigures(task.number, task.title, task.points, passed, share(graded), told))
    return tuple(found)


def _failures(graded: Sequence[Result]) -> tuple[Failure, ...]:
    """Failures of one task that read alike when drawn data is left aside, by how many students met them."""
    met: dict[tuple[int, str], set[str]] = defaultdict(set)
    shown: dict[tuple[int, str], tuple[CheckResult, str]] = {}
    for one in graded:
        for task in one.tasks:
            for check in task.checks:
                # A stub tells of time, not of understanding.
                if check.verdict is Verdict.FAIL and check.message and not check.is_stub(task.number):
                    line = first_line(check.message, 160)
                    key = (task.number, re.sub(r"[0-9]+|\"[^\"]*\"|'[^']*'", "#", line))
                    met[key].add(sanitize(one.submission, 80))
                    shown.setdefault(key, (check, line))
    commonest = sorted(met.items(), key=lambda item: (-len(item[1]), item[0]))[:COMMONEST]
    return tuple(Failure(key[0], shown[key][0].asks, shown[key][1], tuple(sorted(names))) for key, names in commonest)
