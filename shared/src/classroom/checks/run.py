"""One run of a week's checks over one submission: what it works on, and what has been seen so far."""

from __future__ import annotations

import secrets
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import full_disk, full_disk_of, full_scratch_disk, room_left
from classroom.core.load import LoadLimits
from classroom.core.result import (
    OFFICIAL,
    VISIBLE,
    CheckResult,
    Result,
    Verdict,
    score_task,
    score_total,
    utc_timestamp,
)

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange
    from classroom.core.assignment import Assignment
    from classroom.core.errors import DiskFull

# What must be left for the kit's own small files, and for a database server, which makes files of 16 MB.
ROOM, ROOM_FOR_SERVER = 1 << 20, 32 << 20
# What a submission may have had stored before a full disk is its own doing: its data and the course's are a tenth of it.
MODEST = 100 << 20
NOT_RUN = "the check did not run to its end"


@dataclass(frozen=True)
class Job:
    """One submission to be checked.

    Attributes:
        folder: where its files lie, laid out or in place.
        seed: from which all data of the checks is drawn.
        limited: whether the processes of the submission are limited as in grading.
    """

    folder: Path
    submission: str = ""
    seed: int = field(default_factory=lambda: secrets.randbelow(100_000))
    commit: str | None = None
    fingerprint: str = ""
    notes: tuple[str, ...] = ()
    limited: bool = False


@dataclass(frozen=True)
class Check:
    """A check as collected, before anything of a submission runs."""

    name: str
    task: int
    weight: int
    hidden: bool
    asks: str


class Run:
    """The state of a run; `begin` makes it ready for the next submission.

    Args:
        assignment: the week.
        launcher: what starts apps.
        services: what gives databases and the like.
        hidden: whether hidden checks count.
        only: a single task's number, where not all are wanted.
    """

    def __init__(
        self, assignment: Assignment, launcher: Any, services: Any, *, hidden: bool = False, only: int | None = None
    ) -> None:
        self.assignment = assignment
        self.launcher = launcher
        self.services = services
        self.course_launcher: Any = None  # of a worker that checks one submission after another
        self.hidden = hidden
        self.only = only
        self.checks: dict[str, Check] = {}
        self.trouble: str | None = None
        self.full: DiskFull | None = None
        self.stores: list[Any] = []  # what else a submission can have something stored in
        self.job: Job | None = None

    def begin(self, job: Job) -> None:
        """Forget the last submission, take this one."""
        self.job = job
        self.began = time.monotonic()
        self.patience = LoadLimits()
        self.results: dict[str, CheckResult] = {}
        self.exchanges: list[Exchange] = []
        self.touched = False
        self.check_began = self.began

    def seconds_left(self) -> float:
        """Seconds for the next answer, by the limits of the request, the check and the whole run."""
        limits = self.assignment.limits
        now = time.monotonic()
        check = self.check_began + self.patience.of(limits.check_s) - now
        return max(0.01, min(check, self.began + self.patience.of(limits.total_s) - now))

    def out_of_room(self, error: BaseException) -> DiskFull | None:
        """Why nothing can be said of the submission because a disk of ours is full; None where that is not so.

        Its app, the storage and the database need room, too: where there is none, any failure may come from that. A
        submission that has filled the disk by itself is judged all the same.
        """
        found = full_disk_of(error) or self.services.full(error) or self._full_place()
        try:
            if found and self.services.held() + sum(store.held() for store in self.stores) > MODEST:
                return None
        except CouldNotCheck:
            return found
        return found

    def _full_place(self) -> DiskFull | None:
        own = Path(tempfile.gettempdir())
        if room_left(own) < ROOM:
            return full_scratch_disk(own)
        full = [place for place in self.services.places() if room_left(place) < ROOM_FOR_SERVER]
        return full_disk(full[0]) if full else None

    @property
    def used_up(self) -> bool:
        """Whether the time of the whole run is gone."""
        return time.monotonic() - self.began > self.patience.of(self.assignment.limits.total_s)

    @property
    def red(self) -> bool:
        """Whether a check has failed."""
        return any(result.verdict is Verdict.FAIL for result in self.results.values())

    def result(self) -> Result:
        """What the run says of the submission. A check without a report earns nothing."""
        assert self.job is not None
        tasks = []
        for task in self.assignment.tasks:
            if self.only not in (None, task.number):
                continue
            checks = [self._of(node, check) for node, check in self.checks.items() if check.task == task.number]
            if checks or not task.bonus:
                tasks.append(score_task(task, checks))
        return Result(
            assignment=self.assignment.name,
            submission=self.job.submission,
            tasks=tuple(tasks),
            commit=self.job.commit,
            fingerprint=self.job.fingerprint,
            notes=self.job.notes,
            graded_at=utc_timestamp(),
            seed=self.job.seed,
            duration_s=round(time.monotonic() - self.began, 3),
            sandbox=self.launcher.sandbox,
            scope=OFFICIAL if self.hidden else VISIBLE,
            **score_total(self.assignment, tasks),
        )

    def _of(self, node: str, check: Check) -> CheckResult:
        missing = CheckResult(check.name, check.hidden, check.weight, Verdict.COULD_NOT_CHECK, check.asks, NOT_RUN)
        return self.results.get(node, missing)


class Carrier:
    """A pytest plugin that does nothing but hand a run into a session."""

    def __init__(self, run: Run) -> None:
        self.run = run
