"""Grading worker: a process that collects a week's checks once and runs them on one submission after another.

Each line of standard input is a GradingJob as JSON; replies are lines of JSON on standard output. Each submission is
graded in a fork of its own, so that nothing of one run is left for the next. If processes cannot be forked, a worker
exits after each submission; it also does so if a submission killed the fork server.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import traceback
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from classroom.apps.open import FORKS, open_launcher
from classroom.checks.run import Job, Run
from classroom.checks.workers import pytest_session
from classroom.checks.workers.job import AGAIN, GradingJob, could_not_grade
from classroom.core.assignment import Assignment
from classroom.core.errors import ClassroomError, CouldNotCheck, DiskFull
from classroom.core.files import write_atomic
from classroom.core.folders import full_disk_explained, full_disk_of
from classroom.core.processes import die_with_parent
from classroom.core.result import COULD_NOT_GRADE, OFFICIAL, Result
from classroom.core.submission import look, materialize
from classroom.services.manager import Services, own_services

if TYPE_CHECKING:
    import pytest

    from classroom.services.private import PrivateServices


class Worker:
    """A pytest plugin that replaces the loop over the checks.

    Args:
        run: the run whose checks have been collected.
        jobs: the file that jobs are read from, one per line.
        replies: the file that each finished job is reported to.
    """

    def __init__(self, run: Run, jobs: IO[str], replies: IO[str]) -> None:
        self.run = run
        self.jobs = jobs
        self.replies = replies
        self.spare: PrivateServices | None = None
        self.private: PrivateServices | None = None

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the checks on the submission of each job."""
        if self.run.trouble:
            return True
        try:
            with full_disk_explained():
                self._work(session)
        except DiskFull as full:
            self.run.full = full  # pytest treats an exception raised here as an internal error
        except CouldNotCheck as error:
            self.reply({"trouble": str(error)})
        finally:
            if self.spare is not None:
                self.spare.close()
        return True

    def _work(self, session: pytest.Session) -> None:
        self.run.launcher.reset()
        if self.run.course_launcher is not None:
            self.run.course_launcher.reset()
        self.spare = self._services()
        self.reply({"ready": True})
        for line in self.jobs:
            job = GradingJob(**json.loads(line))
            if not FORKS:
                self.reply({"done": job.name, "status": self.grade(session, job), "last": True})
                break
            private, self.spare = self.spare or self._services(), None
            child = os.fork()
            if child == 0:
                self.private = private
                self.grade_and_leave(session, job)
            with contextlib.suppress(CouldNotCheck):  # said when the next submission asks for it
                self.spare = self._services()  # for the next submission, while this one is being checked
            _, status = os.waitpid(child, 0)
            if private is not None:
                private.close()
            done = {"done": job.name, "status": os.waitstatus_to_exitcode(status)}
            if not self.clean_up():
                self.reply({**done, "last": True})
                break
            self.reply(done)

    def _services(self) -> PrivateServices | None:
        """Return services for one submission alone, where each gets its own; else None."""
        names = own_services(self.run.assignment.services, self.run.launcher.sandbox)
        if not {"postgres", "cache"} & {*names}:
            return None
        from classroom.services.private import PrivateServices

        return PrivateServices(names)

    def clean_up(self) -> bool:
        """Kill what the submission left running; return False if the fork server itself was killed."""
        try:
            self.run.launcher.reset()
            if self.run.course_launcher is not None:
                self.run.course_launcher.reset()
        except CouldNotCheck:
            return False
        return True

    def reply(self, what: dict[str, Any]) -> None:
        """Send one reply to the pool."""
        report(self.replies, what)

    def grade_and_leave(self, session: pytest.Session, job: GradingJob) -> None:
        """Grade in a fork, and exit without running the parent's cleanup."""
        status = 1
        try:
            die_with_parent()
            status = self.grade(session, job)
        except DiskFull as full:
            self.reply({"trouble": str(full)})
        except BaseException:  # noqa: BLE001 - a fork never returns into the parent's code
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)

    def grade(self, session: pytest.Session, job: GradingJob) -> int:
        """Copy the submission, run the checks and write the result; return 0, or AGAIN if another try may succeed.

        Raises:
            DiskFull: there is no space to grade anything.
        """
        with full_disk_explained():
            return self._grade(session, job)

    def _grade(self, session: pytest.Session, job: GradingJob) -> int:
        os.environ["TMPDIR"] = tempfile.tempdir = job.room
        room = Path(tempfile.mkdtemp(prefix="s-", dir=job.room))
        self.run.services = Services(self.run.assignment.services, self.private)
        self.run.services.open_ahead()
        if self.private is not None:
            self.run.launcher.sockets.update(self.private.sockets())
        status = 0
        try:
            epoch = self.run.services.epoch()
            result = self.check(session, job, room)
            if self.run.services.epoch() != epoch:
                result = self.failure(job, "the database server was restarted while the checks ran")
            enough = job.until_red and self.run.red
            status = AGAIN if result.status == COULD_NOT_GRADE and not enough else 0
        except DiskFull:
            raise
        except ClassroomError as error:
            status = AGAIN if isinstance(error, CouldNotCheck) else 0
            result = self.failure(job, str(error))
        except OSError as error:
            if full := full_disk_of(error):
                raise full from error
            result = self.failure(job, f"{error.strerror or error}: {error.filename or room}")
        finally:
            self.run.services.close()
            shutil.rmtree(room, ignore_errors=True)
        write_atomic(Path(job.out), result.to_json())
        return status

    def failure(self, job: GradingJob, reason: str) -> Result:
        """Return the result of a submission that could not be graded."""
        run = self.run
        return could_not_grade(run.assignment, job, reason, sandbox=run.launcher.sandbox, hidden=run.hidden)

    def check(self, session: pytest.Session, job: GradingJob, room: Path) -> Result:
        """Return the result of running every check on the submission."""
        folder = Path(job.path)
        if job.request_s:
            limits = replace(self.run.assignment.limits, request_s=job.request_s)
            self.run.assignment = replace(self.run.assignment, limits=limits)
        if job.in_place:
            notes = look(self.run.assignment)
        else:
            folder = room / "submission"
            notes = materialize(job.submission, self.run.assignment, folder)
        self.run.begin(
            Job(
                folder,
                job.name,
                job.seed,
                job.commit,
                job.fingerprint,
                tuple(notes),
                limited=not job.in_place,
            )
        )
        items = session.items
        for index, item in enumerate(items):
            following = items[index + 1] if index + 1 < len(items) else None
            if job.task_file:
                Path(job.task_file).write_text(str(self.run.checks[item.nodeid].task), encoding="ascii")
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.run.full or (job.until_red and self.run.red):
                session._setupstate.teardown_exact(None)  # noqa: SLF001 - pytest has no public way to say that no check follows
                break
        if self.run.full:
            raise self.run.full
        return self.run.result()


def report(replies: IO[str], what: dict[str, Any]) -> None:
    """Write one reply; if the pool is gone, exit, and with this process everything it started."""
    try:
        print(json.dumps(what), file=replies, flush=True)
    except OSError:
        os._exit(0)


def main() -> int:
    """`python -m classroom.checks.workers.worker WEEK visible|official none|bubblewrap`."""
    die_with_parent()
    # Only replies go to standard output; what checks print goes to standard error.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        with full_disk_explained():
            return work(replies)
    except ClassroomError as error:
        report(replies, {"trouble": str(error)})
        return error.exit_status


def work(replies: IO[str]) -> int:
    """Collect the checks and work until there are no more jobs; return the exit status."""
    assignment = Assignment.load(Path(sys.argv[1]))
    launcher = open_launcher(assignment.preload, sys.argv[3])
    if "postgres" in assignment.services:
        import psycopg  # noqa: F401 - loaded once, before the forks
    run = Run(assignment, launcher, None, hidden=sys.argv[2] == OFFICIAL)
    if FORKS and "storage" in assignment.services:
        from classroom.services.storage import LIBRARIES

        run.course_launcher = open_launcher(LIBRARIES, sys.argv[3])
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
