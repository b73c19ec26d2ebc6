"""A worker's end of the queue: the jobs that it takes, and the results that it still has to give."""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError, ProgrammingError

from classroom.core.errors import ClassroomError, CouldNotCheck, UsageError
from classroom.instructor.workers import worker_rows
from classroom.instructor.workers.connection import queue_engine
from classroom.instructor.workers.kit_description import describe_kit, differences
from classroom.instructor.workers.terms import BEAT_SECONDS
from classroom.services.postgres.connect import first_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from classroom.instructor.workers.worker_rows import TakenJob

NAME_LETTERS = 100
POLL_SECONDS = 0.2  # between two questions for a job
RETRY_SECONDS = 2  # after the database could not be reached
NO_SERVER = (
    "No classroom is being served with this database: start `classroom serve DIR --database ...` first, "
    "using the same version as this worker."
)
NO_RIGHTS = (
    "This role may not use the classroom's queue ({reason}): use the role classroom_worker, and restart "
    "`classroom serve` after creating it."
)
T = TypeVar("T")

log = logging.getLogger(__name__)


class JobSource:
    """Where one worker gets its jobs.

    Args:
        address: the URL of the classroom's database.
        name: of the worker, for people.
        slots: how many submissions it grades at once.
        sandbox: around each submission.

    Attributes:
        jobs: the ids of the jobs that it has.
    """

    def __init__(self, address: str, name: str, slots: int, sandbox: str) -> None:
        self._engine = queue_engine(address)
        self.host = self._engine.url.host or "this machine"
        self._id = secrets.token_hex(8)
        self._worker = {"id": self._id, "name": name[:NAME_LETTERS], "slots": slots}
        self._kit = describe_kit(sandbox)
        self.jobs: set[int] = set()
        self._results: dict[int, str] = {}
        self._reached = True
        self._next_beat = self._next_take = 0.0

    def enter(self) -> None:
        """Begin as a worker.

        Raises:
            UsageError: this user may not use the queue, or the server grades with something else.
            CouldNotCheck: the database cannot be reached, or no server uses it.
        """
        try:
            with self._engine.begin() as db:
                self._compare(db)
                worker_rows.beat(db, self._worker, self.jobs)
        except DBAPIError as error:
            self._engine.dispose()
            raise _refusal(error) from None
        except ClassroomError:
            self._engine.dispose()
            raise

    def leave(self) -> None:
        """Give back what was not graded, so that others can begin with it at once."""
        self._try(lambda db: worker_rows.leave(db, self.jobs, self._id))
        self._engine.dispose()

    def beat(self) -> None:
        """Say that this worker is alive, and give the results that could not be given before; most calls do nothing.

        Raises:
            UsageError: the server grades with something else since.
        """
        if time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + (BEAT_SECONDS if self._reached else RETRY_SECONDS)
        self._try(self._beat)

    def _beat(self, db: Connection) -> None:
        self._compare(db)
        worker_rows.beat(db, self._worker, self.jobs)
        for job, result in self._results.items():
            worker_rows.finish(db, job, self._id, result)
        self._results.clear()

    def take(self) -> TakenJob | None:
        """Return the job that has waited longest, if one waits and it is time to ask again."""
        if time.monotonic() < self._next_take or not self._reached:
            return None
        job = self._try(lambda db: worker_rows.take(db, self._id))
        if job is None:
            self._next_take = time.monotonic() + POLL_SECONDS
        else:
            self.jobs.add(job.id)
        return job

    def week(self, job: TakenJob) -> bytes | None:
        """Return the week of a job as it was handed out; None if it cannot be had."""
        return self._try(lambda db: worker_rows.week_parcel(db, job.week, job.edition))

    def set_task(self, job: int, task: int) -> None:
        """Say which task of a job is being checked."""
        self._try(lambda db: worker_rows.set_task(db, job, self._id, task))

    def finish(self, job: int, result: str) -> None:
        """Give the result of a job, later if the database cannot be reached now."""
        self.jobs.discard(job)
        if self._try(lambda db: worker_rows.finish(db, job, self._id, result)) is None:
            self._results[job] = result
        self._next_take = 0.0

    def give_back(self, job: int) -> None:
        """Let others have a job."""
        self.jobs.discard(job)
        self._try(lambda db: worker_rows.give_back(db, [job], self._id))

    def _compare(self, db: Connection) -> None:
        served = worker_rows.served_kit(db)
        if served is None:
            raise CouldNotCheck(NO_SERVER)
        if found := differences(self._kit, served):
            raise UsageError(
                f"This machine would grade differently from the server: {found}; the parentheses show this machine first, then the server. "
                "Install the same version of the course on both, with make setup."
            )

    def _try(self, act: Callable[[Connection], T]) -> T | None:
        """Do something in one transaction; None if the database cannot be reached."""
        try:
            with self._engine.begin() as db:
                done = act(db)
        except DBAPIError as error:
            if self._reached:
                log.warning(
                    "The classroom's database cannot be reached (%s): trying again.", first_line(error.orig or error)
                )
            self._reached = False
            return None
        if not self._reached:
            log.info("The classroom's database can be reached again.")
        self._reached = True
        return done


def _refusal(error: DBAPIError) -> ClassroomError:
    """Return why a worker cannot begin, and what to do."""
    reason = first_line(error.orig or error)
    if not isinstance(error, ProgrammingError):
        return CouldNotCheck(
            f"The classroom's database cannot be reached ({reason}): check the URL and the password, "
            "and that PostgreSQL accepts connections from this machine."
        )
    return CouldNotCheck(NO_SERVER) if "does not exist" in reason else UsageError(NO_RIGHTS.format(reason=reason))
