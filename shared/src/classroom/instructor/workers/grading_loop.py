"""The work of `classroom work`: take jobs from the queue, grade them, and give the results."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.checks.workers.pool import Pool
from classroom.core.assignment import Assignment
from classroom.core.errors import ClassroomError
from classroom.core.submission import Submission
from classroom.core.text import one_line, sanitize
from classroom.instructor.workers.parcel import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.core.result import Result
    from classroom.instructor.workers.job_source import JobSource
    from classroom.instructor.workers.worker_rows import TakenJob

    Edition = tuple[str, str]  # a week, and which handout of it

STEP_SECONDS = 0.05
TASK_SECONDS = 0.5  # between two looks at which task is being checked
PAUSE_SECONDS = 30  # after trouble of this machine's, such as a full disk

log = logging.getLogger(__name__)


@dataclass
class HeldJob:
    """A job that is being graded in a folder of its own."""

    job: TakenJob
    folder: Path
    began: float
    task: int | None = None

    @property
    def out(self) -> Path:
        """Return the file of the result."""
        return self.folder / "result.json"

    @property
    def task_file(self) -> Path:
        """Return the file that has the number of the task that is being checked."""
        return self.folder / "task"


class GradingLoop:
    """Grades for a classroom on another machine.

    Args:
        source: where the jobs are from.
        sandbox: around each submission.
        slots: how many are graded at once; a submission that hangs takes only one.
        scratch: an empty folder.
    """

    def __init__(self, source: JobSource, sandbox: str, slots: int, scratch: Path) -> None:
        self.source, self.sandbox, self.slots, self.scratch = source, sandbox, slots, scratch
        self.pools: dict[Edition, Pool] = {}
        self.held: dict[str, HeldJob] = {}
        self.graded = 0
        self._rest_until = self._next_tasks = 0.0

    def work(self) -> int:
        """Work until interrupted; return how many submissions were graded.

        Raises:
            ClassroomError: the server grades with something else since.
        """
        try:
            with contextlib.suppress(KeyboardInterrupt):
                while True:
                    self.source.beat()
                    self._take()
                    self._step()
                    self._tell_tasks()
        finally:
            self.source.leave()
            for edition in [*self.pools]:
                self._close(edition)
        return self.graded

    def _take(self) -> None:
        """Take jobs as long as a slot is free and one waits."""
        while len(self.held) < self.slots and time.monotonic() > self._rest_until:
            job = self.source.take()
            if job is None:
                return
            try:
                self._begin(job)
            except (ClassroomError, OSError) as error:
                self.source.give_back(job.id)
                self._rest(error)

    def _begin(self, job: TakenJob) -> None:
        held = HeldJob(job, self.scratch / f"job-{secrets.token_hex(6)}", time.monotonic())
        pool = self._pool(job)
        if pool is None:
            self.source.give_back(job.id)
            return
        with _removed_on_trouble(held.folder):
            unpack(job.parcel, held.folder / "repository")
            submission = Submission(job.username, held.folder / "repository", bare=True, commit=job.commit)
            pool.take([pool.job(submission, seed=job.seed, out=held.out, task_file=str(held.task_file))])
        self.held[str(held.out)] = held
        log.debug("%s  %s  grading %s", job.week, one_line(job.username), job.commit)

    def _pool(self, job: TakenJob) -> Pool | None:
        """Return the workers for a week, new ones if it was handed out again; None if it cannot be had anymore."""
        edition = job.week, job.edition
        if edition not in self.pools:
            parcel = self.source.week(job)
            if parcel is None:
                return None
            self._close_earlier(job.week)
            folder = self.scratch / f"week-{secrets.token_hex(6)}" / job.week
            room = self.scratch / f"pool-{secrets.token_hex(6)}"
            with _removed_on_trouble(folder.parent), _removed_on_trouble(room):
                unpack(parcel, folder)
                assignment = Assignment.load(folder)
                self.pools[edition] = Pool(assignment, jobs=self.slots, hidden=False, sandbox=self.sandbox, room=room)
        return self.pools[edition]

    def _close_earlier(self, week: str) -> None:
        """Close what graded earlier handouts of a week."""
        for edition, pool in [*self.pools.items()]:
            if edition[0] == week and not pool.busy:
                self._close(edition)

    def _close(self, edition: Edition) -> None:
        pool = self.pools.pop(edition)
        pool.close()
        shutil.rmtree(pool.assignment.folder.parent, ignore_errors=True)

    def _step(self) -> None:
        """Let all weeks work for a moment, and give the results."""
        busy = [(edition, pool) for edition, pool in self.pools.items() if pool.busy]
        if not busy:
            time.sleep(STEP_SECONDS)
        for edition, pool in busy:
            try:
                for job, result in pool.step(STEP_SECONDS / len(busy)):
                    self._finish(self.held.pop(job.out), result)
            except (ClassroomError, OSError) as error:
                self._close(edition)
                for held in [held for held in self.held.values() if (held.job.week, held.job.edition) == edition]:
                    del self.held[str(held.out)]
                    shutil.rmtree(held.folder, ignore_errors=True)
                    self.source.give_back(held.job.id)
                self._rest(error)

    def _finish(self, held: HeldJob, result: Result) -> None:
        self.source.finish(held.job.id, result.to_json())
        shutil.rmtree(held.folder, ignore_errors=True)
        self.graded += 1
        score = f"{result.score}/{result.max_score}" if result.score is not None else sanitize(result.reason or "")
        seconds = time.monotonic() - held.began
        log.info("%s  %s  %s  %.1f s", held.job.week, one_line(held.job.username), score, seconds)

    def _tell_tasks(self) -> None:
        """Say which task each submission has come to; most calls do nothing."""
        if time.monotonic() < self._next_tasks:
            return
        self._next_tasks = time.monotonic() + TASK_SECONDS
        for held in self.held.values():
            with contextlib.suppress(OSError, ValueError):  # not there yet, or being written
                task = int(held.task_file.read_text(encoding="ascii"))
                if task != held.task:
                    held.task = task
                    self.source.set_task(held.job.id, task)

    def _rest(self, error: ClassroomError | OSError) -> None:
        """Take nothing for a while: what is wrong is this machine, not the submission."""
        filename = os.fsdecode(error.filename) if isinstance(error, OSError) and error.filename else ""
        message = f"{filename}: {error.strerror}." if isinstance(error, OSError) and filename else str(error)
        log.error("%s This worker takes the next job in %d seconds.", message, PAUSE_SECONDS)
        self._rest_until = time.monotonic() + PAUSE_SECONDS


@contextlib.contextmanager
def _removed_on_trouble(folder: Path) -> Iterator[None]:
    """Remove a folder if what is done in the block fails: each attempt would leave one more on a disk that is full."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
