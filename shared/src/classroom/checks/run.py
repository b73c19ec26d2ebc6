"""A run of a week's checks on one submission, and the state of that run."""

from __future__ import annotations

import secrets
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.checks.by_hand.trail import Trail
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
    from classroom.services.postgres.script import ScriptFailure

# Bytes that must be free for the kit's own small files, and for a database server, which creates files of 16 MB.
MIN_FREE, MIN_FREE_FOR_SERVER = 1 << 20, 32 << 20
# Bytes that a submission may store before a full disk is its own fault; a correct one stores a tenth of this.
MAX_OWN_DATA = 100 << 20
NOT_RUN = "the check did not finish"


@dataclass(frozen=True)
class Job:
    """One submission to be checked.

    Attributes:
        folder: the folder with its files, copied or in place.
        seed: the seed of all random data of the checks.
        limited: whether the resources of its processes are limited as in grading.
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
    """A collected check; the list is complete before any code of a submission runs."""

    name: str
    task: int
    weight: int
    hidden: bool
    asks: str


class Run:
    """The state of a run; `begin` resets it for the next submission.

    Args:
        assignment: the week.
        launcher: starts the apps.
        services: provides databases, cache and storage.
        hidden: whether hidden checks are run.
        only: the number of a single task, or None for all.
    """

    def __init__(
        self, assignment: Assignment, launcher: Any, services: Any, *, hidden: bool = False, only: int | None = None
    ) -> None:
        self.assignment = assignment
        self.launcher = launcher
        self.services = services
        self.course_launcher: Any = None  # set by a worker, for all its submissions
        self.hidden = hidden
        self.only = only
        self.checks: dict[str, Check] = {}
        self.trouble: str | None = None
        self.full: DiskFull | None = None
        self.stores: list[Any] = []  # other services that store data of a submission
        self.job: Job | None = None
        self.trail = Trail()

    def begin(self, job: Job) -> None:
        """Reset the state and start with this submission."""
        self.job = job
        self.began = time.monotonic()
        self.patience = LoadLimits()
        self.results: dict[str, CheckResult] = {}
        self.exchanges: list[Exchange] = []
        self.script_failures: list[ScriptFailure] = []
        self.touched = False  # whether this check has used files of the submission, or services that it can write to
        self.ran = False  # whether any code of the submission has run, which may have changed what later checks find
        self.trail.begin()
        self.check_began = self.began

    @property
    def is_exposed(self) -> bool:
        """Return whether the submission may have caused what happens in this check."""
        return self.ran or self.touched or bool(self.exchanges)

    def seconds_left(self) -> float:
        """Return the seconds that are left for the next request, by the limits of the check and of the whole run."""
        limits = self.assignment.limits
        now = time.monotonic()
        check = self.check_began + self.patience.of(limits.check_s) - now
        return max(0.01, min(check, self.began + self.patience.of(limits.total_s) - now))

    def out_of_room(self, error: BaseException) -> DiskFull | None:
        """Return a DiskFull error if a full disk may explain this failure, else None.

        The app, the storage server and the database need space as well, so on a full disk any failure may be caused by it. A
        submission that filled the disk itself is still judged.
        """
        found = full_disk_of(error) or self.services.full(error) or self._full_disk()
        try:
            if found and self.services.held() + sum(store.held() for store in self.stores) > MAX_OWN_DATA:
                return None
        except (CouldNotCheck, AssertionError):  # the second one of a private server
            return found
        return found

    def _full_disk(self) -> DiskFull | None:
        scratch = Path(tempfile.gettempdir())
        if room_left(scratch) < MIN_FREE:
            return full_scratch_disk(scratch)
        full = [folder for folder in self.services.places() if room_left(folder) < MIN_FREE_FOR_SERVER]
        return full_disk(full[0]) if full else None

    @property
    def used_up(self) -> bool:
        """Return whether the time limit of the whole run is reached."""
        return time.monotonic() - self.began > self.patience.of(self.assignment.limits.total_s)

    @property
    def red(self) -> bool:
        """Return whether a check has failed."""
        return any(result.verdict is Verdict.FAIL for result in self.results.values())

    def result(self) -> Result:
        """Return the result of the submission; a check that was not reported could not be checked."""
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
    """A pytest plugin that only passes a run to the session."""

    def __init__(self, run: Run) -> None:
        self.run = run
