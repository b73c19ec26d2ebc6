"""Statistics of a cohort: score distribution, pass rates and discrimination of tasks, the most common failures."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import fmean, median, pstdev, quantiles
from typing import TYPE_CHECKING

from classroom.core.result import GRADED, Verdict
from classroom.core.text import first_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.result import CheckResult, Result, TaskResult

BINS = 10
THIRD = 3
MIN_FOR_DISCRIMINATION = 6  # graded submissions
MAX_FAILURES = 12


@dataclass(frozen=True)
class TaskFigures:
    """How a cohort did in one task.

    Attributes:
        passed: share of the graded submissions with full marks, 0 to 1.
        earned: mean share of its points, 0 to 1.
        discrimination: mean share in the strongest third minus that in the weakest, -1 to 1; None if too few are graded.
    """

    number: int
    title: str
    points: int
    passed: float
    earned: float
    discrimination: float | None


@dataclass(frozen=True)
class CheckFigures:
    """How a cohort did in one check.

    Attributes:
        passed: how many passed it.
        skipped: how many did not get there, because something before it failed.
        graded: how many were graded with it.
    """

    task: int
    asks: str
    hidden: bool
    passed: int
    skipped: int
    graded: int


@dataclass(frozen=True)
class Failure:
    """A message that several students got, with what the first check that gave it asks; names are those of submissions."""

    task: int
    asks: str
    message: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """The statistics of a cohort.

    Attributes:
        graded: how many submissions were graded.
        mean: of the scores, in points.
        quartiles: of the scores, in points: a quarter is below the first, half below the median, a quarter above the last.
        deviation: the standard deviation of the scores, in points.
        bins: how many scored in each tenth of the points.
    """

    graded: int
    mean: float
    quartiles: tuple[float, float, float]
    deviation: float
    bins: tuple[int, ...]
    tasks: tuple[TaskFigures, ...]
    checks: tuple[CheckFigures, ...]
    failures: tuple[Failure, ...]

    @property
    def median(self) -> float:
        """The median of the scores, in points."""
        return self.quartiles[1]


def figures(results: Sequence[Result]) -> Figures:
    """Return the statistics of a cohort."""
    graded = [result for result in results if result.status == GRADED]
    scores = [result.score or 0 for result in graded]
    return Figures(
        graded=len(graded),
        mean=fmean(scores) if scores else 0.0,
        quartiles=_quartiles(scores),
        deviation=pstdev(scores) if scores else 0.0,
        bins=_bins(graded),
        tasks=_tasks(graded),
        checks=_checks(graded),
        failures=_failures(graded),
    )


def _quartiles(scores: Sequence[int]) -> tuple[float, float, float]:
    if len(scores) < 2:  # noqa: PLR2004 - a quartile is between two scores
        only = float(scores[0]) if scores else 0.0
        return only, only, only
    first, _, last = quantiles(scores, n=4, method="inclusive")
    return first, median(scores), last


def _bins(graded: Sequence[Result]) -> tuple[int, ...]:
    """Return how many scored in each tenth of the points; full marks are in the last one."""
    counted = Counter(min(BINS - 1, (result.score or 0) * BINS // max(1, result.max_score)) for result in graded)
    return tuple(counted[index] for index in range(BINS))


def _tasks(graded: Sequence[Result]) -> tuple[TaskFigures, ...]:
    if not graded:
        return ()
    ranked = sorted(graded, key=lambda result: result.score or 0)
    third = len(ranked) // THIRD
    weak, strong = ranked[:third], ranked[-third:] if third else []
    found = []
    tasks = {task.number: task for result in reversed(graded) for task in result.tasks}
    for number, task in sorted(tasks.items()):
        passed = fmean(one.verdict is Verdict.PASS for one in _of(number, graded))
        enough = len(graded) >= MIN_FOR_DISCRIMINATION
        discrimination = _share(number, strong) - _share(number, weak) if enough else None
        share = _share(number, graded)
        found.append(TaskFigures(number, task.title, task.points, passed, share, discrimination))
    return tuple(found)


def _of(number: int, results: Sequence[Result]) -> list[TaskResult]:
    """Return the results in a task; those that were graded before the week had it have none."""
    return [task for result in results for task in result.tasks if task.number == number]


def _share(number: int, results: Sequence[Result]) -> float:
    """Return the mean share of a task's points."""
    shares = [task.earned / max(1, task.points) for task in _of(number, results)]
    return fmean(shares) if shares else 0.0


def _checks(graded: Sequence[Result]) -> tuple[CheckFigures, ...]:
    """Return the figures of each check, in the order of the tasks."""
    verdicts: dict[tuple[int, str], Counter[Verdict]] = defaultdict(Counter)
    first: dict[tuple[int, str], CheckResult] = {}
    for result in graded:
        for task in result.tasks:
            for check in task.checks:
                verdicts[task.number, check.name][check.verdict] += 1
                first.setdefault((task.number, check.name), check)
    found = []
    for key, check in sorted(first.items(), key=lambda item: item[0][0]):
        of = verdicts[key]
        found.append(CheckFigures(key[0], check.asks, check.hidden, of[Verdict.PASS], of[Verdict.SKIPPED], of.total()))
    return tuple(found)


def _failures(graded: Sequence[Result]) -> tuple[Failure, ...]:
    """Return the most common failures; those of one task that differ only in drawn data are one."""
    met: dict[tuple[int, str], set[str]] = defaultdict(set)
    shown: dict[tuple[int, str], tuple[CheckResult, str]] = {}
    for result in graded:
        for task in result.tasks:
            for check in task.checks:
                # A stub says that time ran out, and nothing about understanding.
                if check.verdict is Verdict.FAIL and check.message and not check.is_stub(task.number):
                    line = first_line(check.message, 160)
                    key = (task.number, re.sub(r"[0-9]+|\"[^\"]*\"|'[^']*'", "#", line))
                    met[key].add(result.submission)
                    shown.setdefault(key, (check, line))
    commonest = sorted(met.items(), key=lambda item: (-len(item[1]), item[0]))[:MAX_FAILURES]
    return tuple(Failure(key[0], shown[key][0].asks, shown[key][1], tuple(sorted(names))) for key, names in commonest)
