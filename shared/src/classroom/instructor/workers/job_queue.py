"""The server's end of the queue: passes pushes on to workers on other machines, and takes their results back.

The inbox stays the truth about what waits: if the rows of the queue are lost, the pushes simply wait again.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError

from classroom.core.errors import ClassroomError
from classroom.core.result import VISIBLE, Result, utc_timestamp
from classroom.core.text import one_line
from classroom.instructor.workers import server_rows
from classroom.instructor.workers.connection import queue_engine
from classroom.instructor.workers.kit_description import describe_kit
from classroom.instructor.workers.models import GradingJob
from classroom.instructor.workers.parcel import pack_push, pack_week
from classroom.instructor.workers.terms import HEARD_SECONDS, MAX_TAKES
from classroom.services.postgres.connect import first_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection

    from classroom.instructor.classrooms.inbox import PushNotice
    from classroom.instructor.workers.server_rows import JobState

    Key = tuple[str, str]  # week and username

LOOK_SECONDS = 0.2
RETRY_SECONDS = 10  # after the database could not be used
T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass
class PassedOn:
    """A push that was passed on.

    Attributes:
        seed: drawn for the job, so that grading it twice gives the same result.
        worker: the name of the worker that has it; empty while it waits for one.
        task: the number of the task that is being checked.
        result: what the worker has found, as JSON.
    """

    notice: PushNotice
    seed: int
    worker: str = ""
    task: int | None = None
    result: str | None = None

    @property
    def key(self) -> Key:
        """Return week and username."""
        return self.notice.week, self.notice.username

    def checked(self, max_score: int) -> Result:
        """Return the result, with the time of the server's clock.

        Raises:
            ValueError: it is not a result of this push.
        """
        result = Result.from_json(self.result or "")
        about = result.assignment, result.submission, result.commit, result.seed, result.scope
        if about != (*self.key, self.notice.commit, self.seed, VISIBLE):
            raise ValueError("it is about something else")
        if result.score is not None and not 0 <= result.score <= max_score:
            raise ValueError(f"{result.score} of {max_score} points")
        return replace(result, graded_at=utc_timestamp())


class JobQueue:
    """The queue of one server.

    Args:
        address: the URL of the classroom's database.
        sandbox: of the server, which workers must have as well.

    Attributes:
        passed: the pushes that were passed on and have no reply yet.
        room: how many more can be passed on: as many wait in the queue as the workers have slots.
    """

    def __init__(self, address: str, sandbox: str) -> None:
        self._engine = queue_engine(address)
        self._kit = json.dumps(describe_kit(sandbox))
        self.passed: dict[Key, PassedOn] = {}
        self.room = 0
        self._workers: dict[str, tuple[str, int]] = {}
        self._unfit: set[PushNotice] = set()
        self._ready = False
        self._next_look = 0.0

    def close(self) -> None:
        """Take everything back, so that no worker begins with it."""
        if self._ready:
            self._try(lambda db: server_rows.begin(db, self._kit))
        self._engine.dispose()

    def look(self) -> list[PassedOn]:
        """Return what a worker has taken, graded, or is checking another task of since the last look."""
        if time.monotonic() < self._next_look:
            return []
        self._next_look = time.monotonic() + LOOK_SECONDS
        states = self._try(self._states)
        if states is None:
            return []
        found = {(state.week, state.username): state for state in states}
        self.passed = {key: job for key, job in self.passed.items() if key in found}
        changed = [job for key, job in self.passed.items() if _update(job, found[key])]
        slots = sum(slots for _, slots in self._workers.values())
        self.room = slots - len(self.waiting())
        return changed

    def waiting(self) -> list[PushNotice]:
        """Return the pushes that no worker has taken, the oldest first."""
        return [job.notice for job in self.passed.values() if not job.worker]

    def accepts(self, notice: PushNotice) -> bool:
        """Return whether a push can be passed on now."""
        return self.room > 0 and notice not in self._unfit

    def pass_on(self, notice: PushNotice, week: Path, edition: str, repository: Path) -> None:
        """Let a worker grade a push; one that cannot be passed on still waits.

        Args:
            notice: the push.
            week: the folder of the week as it was handed out.
            edition: which changes when the week is handed out again.
            repository: the student's.
        """
        try:
            parcel = pack_push(repository, notice.commit)
        except ClassroomError as error:  # the server grades it, and tells the student what is wrong with it
            log.debug("%s  %s  is not passed on: %s", notice.week, notice.username, error)
            self._unfit.add(notice)
            return
        job = PassedOn(notice, secrets.randbits(63))
        row = {
            "week": notice.week, "username": notice.username, "commit_name": notice.commit,
            "edition": edition, "seed": job.seed, "parcel": parcel,
        }  # fmt: skip
        if self._try(lambda db: server_rows.add(db, row, lambda: pack_week(week))):
            self.passed[job.key] = job
            self.room -= 1

    def take_back(self, most: int) -> None:
        """Let the pushes that have waited longest for a worker wait in the inbox again: the server has free slots."""
        if self.waiting():
            self._remove(server_rows.oldest_free(most))

    def take_back_week(self, week: str) -> None:
        """Let all pushes of a week wait in the inbox again."""
        if any(key[0] == week for key in self.passed):
            self._remove(GradingJob.week == week)

    def done(self, job: PassedOn) -> None:
        """Remove a push that has its reply."""
        self.passed.pop(job.key, None)
        week, username = job.key
        self._remove((GradingJob.week == week) & (GradingJob.username == username))

    def reject(self, job: PassedOn) -> None:
        """Let a push wait in the inbox again, to be graded by the server."""
        self._unfit.add(job.notice)
        self.done(job)

    def _remove(self, which: ColumnElement[bool]) -> None:
        for key in self._try(lambda db: server_rows.remove(db, which)) or ():
            self.passed.pop(key, None)

    def _states(self, db: Connection) -> list[JobState]:
        if not self._ready:
            server_rows.begin(db, self._kit)
            self._ready = True
        self._meet(server_rows.present_workers(db))
        for week, username, takes in server_rows.remove_hopeless(db, nobody=not self._workers):
            job = self.passed.get((week, username))
            if job and takes >= MAX_TAKES:
                log.warning("%s  %s  %d workers were lost while grading this push.", week, username, takes)
                self._unfit.add(job.notice)
        return server_rows.states(db)

    def _meet(self, workers: dict[str, tuple[str, int]]) -> None:
        for worker, (name, slots) in workers.items():
            if worker not in self._workers:
                log.info("The worker %s grades up to %d at once.", one_line(name), slots)
        for worker, (name, _) in self._workers.items():
            if worker not in workers:
                log.info("The worker %s has ended, or has not been heard from for %d s.", one_line(name), HEARD_SECONDS)
        self._workers = workers

    def _try(self, act: Callable[[Connection], T]) -> T | None:
        """Do something in one transaction; if the database cannot be used, everything waits in the inbox again."""
        try:
            with self._engine.begin() as db:
                return act(db)
        except DBAPIError as error:
            if self._ready or self.passed:
                log.warning(
                    "Workers cannot be reached (%s): all pushes are graded here.", first_line(error.orig or error)
                )
            self.passed.clear()
            self._workers = {}  # they are logged again once they are there
            self.room, self._ready = 0, False
            self._next_look = time.monotonic() + RETRY_SECONDS
            return None


def _update(job: PassedOn, state: JobState) -> bool:
    """Bring a job up to date, and return whether something has changed."""
    before = job.worker, job.task, job.result
    job.worker, job.task, job.result = state.worker, state.task, state.result
    return (job.worker, job.task, job.result) != before
