"""A worker: a process that has collected a week's checks once, and runs them over one submission after another.

Orders come on standard input as one JSON object each, replies go to standard output. Where processes can be forked each
submission gets a fork of its own, so that nothing of one run is left in the next; elsewhere a worker ends after one, and
so it does where a submission has ended what starts apps.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from classroom.apps.open import FORKS, open_launcher
from classroom.checks import pytest_session
from classroom.checks.run import Job, Run
from classroom.core.assignment import Assignment
from classroom.core.errors import ClassroomError, CouldNotCheck, DiskFull
from classroom.core.files import write_atomic
from classroom.core.folders import full_disk_explained, full_disk_of
from classroom.core.processes import die_with_parent
from classroom.core.result import COULD_NOT_GRADE, OFFICIAL, VISIBLE, Result, utc_timestamp
from classroom.core.submission import Submission, look, materialize
from classroom.services.manager import Services

if TYPE_CHECKING:
    import pytest

AGAIN = 75  # what sysexits.h calls a temporary failure


@dataclass(frozen=True)
class GradingJob:
    """One submission for a worker: what it is, with which seed, and where its result goes.

    `request_s` takes the place of the assignment's limit, for an app of which it is known that it never answers.
    `until_red` ends the run at the first check that fails, where no more is asked than whether one does.
    """

    name: str
    place: str
    bare: bool
    commit: str | None
    fingerprint: str
    seed: int
    out: str
    room: str
    in_place: bool = False
    request_s: float | None = None
    until_red: bool = False

    @property
    def submission(self) -> Submission:
        """The submission that is meant."""
        return Submission(self.name, Path(self.place), self.bare, self.commit)


class Worker:
    """A pytest plugin that takes the place of the loop over the checks.

    Args:
        run: the run whose checks have been collected.
        orders: where orders come from, one a line.
        replies: where each finished order is reported.
    """

    def __init__(self, run: Run, orders: IO[str], replies: IO[str]) -> None:
        self.run = run
        self.orders = orders
        self.replies = replies

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the checks over each submission that is ordered."""
        if self.run.trouble:
            return True
        try:
            with full_disk_explained():
                self._work(session)
        except DiskFull as full:
            self.run.full = full  # what is raised in here pytest takes for a slip of its own
        return True

    def _work(self, session: pytest.Session) -> None:
        self.run.launcher.reset()
        self.reply({"ready": True})
        for line in self.orders:
            order = GradingJob(**json.loads(line))
            if not FORKS:
                self.reply({"done": order.name, "status": self.grade(session, order), "last": True})
                break
            child = os.fork()
            if child == 0:
                self.grade_and_leave(session, order)
            _, status = os.waitpid(child, 0)
            done = {"done": order.name, "status": os.waitstatus_to_exitcode(status)}
            if not self.tidied():
                self.reply({**done, "last": True})
                break
            self.reply(done)

    def tidied(self) -> bool:
        """End what the submission has left running; False where what starts apps has itself been ended."""
        try:
            self.run.launcher.reset()
            if self.run.course_launcher is not None:
                self.run.course_launcher.reset()
        except CouldNotCheck:
            return False
        return True

    def reply(self, what: dict[str, Any]) -> None:
        """Report to whoever gave the orders."""
        report(self.replies, what)

    def grade_and_leave(self, session: pytest.Session, order: GradingJob) -> None:
        """In a fork: grade, and end without a trace of the parent's clean-up."""
        status = 1
        try:
            die_with_parent()
            status = self.grade(session, order)
        except DiskFull as full:
            self.reply({"trouble": str(full)})
        except BaseException:  # noqa: BLE001 - a fork never returns into the parent's code
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)

    def grade(self, session: pytest.Session, order: GradingJob) -> int:
        """Lay the submission out, run the checks, write the result; return 0, or AGAIN where another try may do.

        Raises:
            DiskFull: there is no room to grade anything.
        """
        with full_disk_explained():
            return self._grade(session, order)

    def _grade(self, session: pytest.Session, order: GradingJob) -> int:
        os.environ["TMPDIR"] = tempfile.tempdir = order.room
        room = Path(tempfile.mkdtemp(prefix="s-", dir=order.room))
        self.run.services = Services(self.run.assignment.services)
        self.run.services.open_ahead()
        status = 0
        try:
            epoch = self.run.services.epoch()
            result = self.checked(session, order, room)
            if self.run.services.epoch() != epoch:
                result = self.failed(order, "the database server was started anew while the checks ran")
            enough = order.until_red and self.run.red
            status = AGAIN if result.status == COULD_NOT_GRADE and not enough else 0
        except DiskFull:
            raise
        except ClassroomError as error:
            status = AGAIN if isinstance(error, CouldNotCheck) else 0
            result = self.failed(order, str(error))
        except OSError as error:
            if full := full_disk_of(error):
                raise full from error
            result = self.failed(order, f"{error.strerror or error}: {error.filename or room}")
        finally:
            self.run.services.close()
            shutil.rmtree(room, ignore_errors=True)
        write_atomic(Path(order.out), result.to_json())
        return status

    def failed(self, order: GradingJob, reason: str) -> Result:
        """The result that says why there is none."""
        run = self.run
        return could_not_grade(run.assignment, order, reason, sandbox=run.launcher.sandbox, hidden=run.hidden)

    def checked(self, session: pytest.Session, order: GradingJob, room: Path) -> Result:
        """The result of running every check over the laid-out submission."""
        folder = Path(order.place)
        if order.request_s:
            limits = replace(self.run.assignment.limits, request_s=order.request_s)
            self.run.assignment = replace(self.run.assignment, limits=limits)
        if order.in_place:
            notes = look(self.run.assignment)
        else:
            folder = room / "submission"
            notes = materialize(order.submission, self.run.assignment, folder)
        self.run.begin(
            Job(
                folder,
                order.name,
                order.seed,
                order.commit,
                order.fingerprint,
                tuple(notes),
                limited=not order.in_place,
            )
        )
        items = session.items
        for index, item in enumerate(items):
            following = items[index + 1] if index + 1 < len(items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.run.full or (order.until_red and self.run.red):
                session._setupstate.teardown_exact(None)  # noqa: SLF001 - pytest has no other word for "this was the last"
                break
        if self.run.full:
            raise self.run.full
        return self.run.result()


def report(replies: IO[str], what: dict[str, Any]) -> None:
    """Write one reply; where nobody is left to be told, end, and all that this process began with it."""
    try:
        print(json.dumps(what), file=replies, flush=True)
    except OSError:
        os._exit(0)


def could_not_grade(assignment: Assignment, order: GradingJob, reason: str, *, sandbox: str, hidden: bool) -> Result:
    """The result that says that nothing can be said, and why."""
    return Result(
        assignment=assignment.name,
        submission=order.name,
        status=COULD_NOT_GRADE,
        score=None,
        max_score=assignment.max_score,
        commit=order.commit,
        fingerprint=order.fingerprint,
        graded_at=utc_timestamp(),
        seed=order.seed,
        sandbox=sandbox,
        scope=OFFICIAL if hidden else VISIBLE,
        reason=reason,
    )


def main() -> int:
    """`python -m classroom.checks.worker WEEK visible|official none|bubblewrap`."""
    die_with_parent()
    # Only replies may go to standard output, whatever a check prints.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        with full_disk_explained():
            return work(replies)
    except ClassroomError as error:
        report(replies, {"trouble": str(error)})
        return error.exit_status


def work(replies: IO[str]) -> int:
    """Collect the checks, and work until no more orders come; the exit status."""
    assignment = Assignment.load(Path(sys.argv[1]))
    launcher = open_launcher(assignment.preload, sys.argv[3])
    if "postgres" in assignment.services:
        import psycopg  # noqa: F401 - loaded once, before the forks
    run = Run(assignment, launcher, None, hidden=sys.argv[2] == OFFICIAL)
    if FORKS and "storage" in assignment.services:
        from classroom.services.storage import LIBRARIES

        run.course_launcher = open_launcher(LIBRARIES)
    worker = Worker(run, os.fdopen(os.dup(0), encoding="utf-8"), replies)
    try:
        pytest_session.check(run, worker)
    finally:
        launcher.close()
        if run.course_launcher is not None:
            run.course_launcher.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
