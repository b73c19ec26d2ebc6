"""Push server of a classroom: grades what is pushed, and replies to each push with its scorecard."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import secrets
import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console

from classroom.checks.workers.pool import Pool
from classroom.core.assignment import Assignment
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import write_atomic
from classroom.core.git_history import History
from classroom.core.locks import Lock
from classroom.core.result import Result
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.core.text import sanitize
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.inbox import Inbox, PushNotice
from classroom.instructor.classrooms.ownership import ensure_writable
from classroom.instructor.classrooms.repository import Repository
from classroom.student.feedback import feedback
from classroom.student.scorecard import Scorecard

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.push_queue import PushQueue

POLL_SECONDS = 0.05
RETRY_SECONDS = 30  # until a week whose checks could not be run is tried again
SCORECARD_WIDTH = 80  # characters

log = logging.getLogger(__name__)


class PushServer:
    """Serves one classroom; use it as a context manager.

    Args:
        classroom: the classroom.
        sandbox: the sandbox around each submission, `bubblewrap` or `none`.
        jobs: how many pushes are graded at once; 0 is one for each core, and at least two.

    Attributes:
        on_change: called with week and username when the grading of a push begins, and when it has its reply.
        queue: told where each push is, if someone wants to know.

    Raises:
        UsageError: it is being served already.
    """

    def __init__(self, classroom: Classroom, *, sandbox: str, jobs: int = 0) -> None:
        self.classroom = classroom
        self.sandbox = sandbox
        # At least two: a submission that hangs leaves a worker for the others.
        self.jobs = jobs or max(2, os.cpu_count() or 1)
        self.weeks: dict[str, Assignment] = {}
        self.pools: dict[str, Pool] = {}
        self.editions: dict[str, str | None] = {}
        self.in_progress: dict[tuple[str, str], PushNotice] = {}
        self.started: dict[PushNotice, float] = {}
        self.retry_at: dict[str, float] = {}
        self.on_change: Callable[[str, str], None] = lambda *_: None
        self.queue: PushQueue | None = None
        self.dates = DueDates(classroom)
        self.inbox = Inbox(
            classroom.state_dir,
            lambda week, username: self._repository(week, username) is not None,
            self._last_commit,
        )

    def __enter__(self) -> PushServer:
        ensure_writable(self.classroom.folder)
        self.lock = Lock(self.classroom.state_dir / "lock")
        if not self.lock.attempt():
            self.lock.close()
            raise UsageError(f"{self.classroom.folder} is already being served, by another `classroom serve`.")
        # Not in /tmp: a server that runs for weeks must not lose its files to a program that tidies up there.
        self.scratch = ScratchDir("serve", self.classroom.state_dir)
        self.weeks = {assignment.name: assignment for assignment in self.classroom.weeks()}
        self.inbox.recovered = self._without_notice()
        self._announce()
        return self

    def __exit__(self, *_: object) -> None:
        (self.classroom.state_dir / "serving").unlink(missing_ok=True)
        for week in list(self.pools):
            self._close_pool(week)
        self.scratch.close()
        self.announcement.close()
        self.lock.close()

    def _announce(self) -> None:
        """Write the file that tells pushes to wait; its lock tells them for how long that is true."""
        path, new = self.classroom.state_dir / "serving", self.classroom.state_dir / ".serving"
        new.unlink(missing_ok=True)
        self.announcement = Lock(new)
        if sys.platform == "win32":  # there a locked file cannot be read
            write_atomic(path, f"{os.getpid()}\n")
            return
        self.announcement.attempt()
        new.write_text(f"{os.getpid()} held\n", encoding="ascii")
        new.chmod(0o644)
        new.replace(path)

    def serve(self, *, once: bool = False) -> int:
        """Grade what is pushed, until interrupted; with `once`, until no push waits.

        Returns:
            How many pushes were graded.
        """
        graded = 0
        with contextlib.suppress(KeyboardInterrupt):
            if not once:
                log.info("Serving %s. Ctrl-C stops it.", self.classroom.folder)
            while True:
                self.inbox.sweep()
                self.dates.refresh()
                self._dispatch()
                if self.queue:
                    self.queue.look(lambda: self.inbox.waiting(self.in_progress.values()), self.in_progress)
                if self.in_progress:
                    graded += self._step()
                elif once:
                    break
                else:
                    time.sleep(POLL_SECONDS)
        return graded

    def left(self) -> int:
        """Return how many pushes still wait."""
        return len(self.inbox.waiting(self.in_progress.values()))

    def _dispatch(self) -> None:
        """Give the oldest push to a free worker, so that a hanging submission blocks only one of them."""
        if len(self.in_progress) >= self.jobs:
            return
        for notice in self.inbox.waiting(self.in_progress.values()):
            # Of each student's pushes one is graded at a time.
            key = notice.week, notice.username
            if key in self.in_progress or self.retry_at.get(notice.week, 0) > time.monotonic():
                continue
            try:
                pool = self._pool(notice.week)
                out = self.classroom.score_path(*key)
                task_file = self.queue.begin(key, self.scratch.path) if self.queue else ""
                job = pool.job(self._submission(notice), seed=secrets.randbits(64), out=out, task_file=task_file)
                pool.take([job])
                self.in_progress[key], self.started[notice] = notice, time.monotonic()
                log.debug("%s  %s  grading %s", notice.week, self._name(notice.username), notice.commit)
                self.on_change(*key)
            except (ClassroomError, OSError) as error:
                self._postpone(notice.week, error)
            if len(self.in_progress) >= self.jobs:
                break

    def _repository(self, week: str, username: str) -> Repository | None:
        if week not in self.weeks:
            # It may have been opened since the server started.
            self.weeks = {assignment.name: assignment for assignment in self.classroom.weeks()}
        return self.classroom.repository(week, username) if week in self.weeks else None

    def _last_commit(self, week: str, username: str) -> str | None:
        with contextlib.suppress(ClassroomError, IndexError):
            return Repository(self.classroom.repository_path(week, username)).pushes()[-1].commit
        return None

    def _without_notice(self) -> list[PushNotice]:
        """Return the pushes that have a receipt in their repository, and neither a notice nor a result."""
        found = []
        for week in self.weeks:
            for username, repository in self.classroom.repositories(week).items():
                try:
                    pushes = repository.pushes()[1:]  # the first is the starter
                except ClassroomError as error:
                    log.warning("%s  %s  %s", week, self._name(username), error)
                    continue
                if pushes and pushes[-1].commit == repository.tip() != self._graded_commit(week, username):
                    found.append(PushNotice("", week, username, pushes[-1].commit))
        return found

    def _graded_commit(self, week: str, username: str) -> str | None:
        with contextlib.suppress(OSError, ValueError):
            return Result.from_json(self.classroom.score_path(week, username).read_text(encoding="utf-8")).commit
        return None

    def _step(self) -> int:
        """Reply to the pushes that have been graded; return how many those were."""
        graded = 0
        for week, pool in list(self.pools.items()):
            try:
                for job, result in pool.step(POLL_SECONDS) if pool.busy else ():
                    self._reply(self.in_progress.pop((week, job.name)), result)
                    graded += 1
            except (ClassroomError, OSError) as error:
                self._postpone(week, error)
        return graded

    def _postpone(self, week: str, error: ClassroomError | OSError) -> None:
        """Leave the pushes of a week in the queue after trouble of ours, such as a full disk."""
        message = str(error)
        if isinstance(error, OSError) and error.filename:
            message = f"{error.filename}: {error.strerror}."
        log.error("%s: %s The next attempt is in %d seconds.", week, message, RETRY_SECONDS)
        self.retry_at[week] = time.monotonic() + RETRY_SECONDS
        self._close_pool(week)

    def _close_pool(self, week: str) -> None:
        """End the workers of a week; the pushes that they were grading wait again."""
        self.in_progress = {key: notice for key, notice in self.in_progress.items() if notice.week != week}
        self.started = {notice: began for notice, began in self.started.items() if notice.week != week}
        if pool := self.pools.pop(week, None):
            pool.close()

    def _pool(self, week: str) -> Pool:
        """Return the workers of a week, new ones if the week has been handed out again."""
        folder = self.classroom.state_dir / "weeks" / week
        history = History.at(folder)
        edition = history.head if history else None
        if self.editions.get(week) != edition:
            self._close_pool(week)
            self.weeks[week], self.editions[week] = Assignment.load(folder), edition
        if week not in self.pools:
            room = self.scratch.path / secrets.token_hex(6)
            self.pools[week] = Pool(self.weeks[week], jobs=self.jobs, hidden=False, sandbox=self.sandbox, room=room)
        return self.pools[week]

    def _name(self, username: str) -> str:
        """Return a student as the log names them, such as `Ada Lovelace (ada)`."""
        with contextlib.suppress(ClassroomError, OSError):  # while the roster is being edited
            return self.classroom.names().get(username, username)
        return username

    def _submission(self, notice: PushNotice) -> Submission:
        path = self.classroom.repository_path(notice.week, notice.username)
        return Submission(notice.username, path, bare=True, commit=notice.commit)

    def _reply(self, notice: PushNotice, result: Result) -> None:
        """Send a push its scorecard; first to the branch, where a student who has read the reply then finds it."""
        week, username, name = notice.week, notice.username, self._name(notice.username)
        self.dates.refresh()
        result = self.dates.adjusted(self.weeks[week], result)
        try:
            repository = Repository(self.classroom.repository_path(week, username))
            repository.reply("feedback", "SCORECARD.md", feedback(result), "Scorecard")
        except ClassroomError as error:
            log.warning("%s  %s  the scorecard could not be put on the branch feedback: %s", week, name, error)
        self.inbox.reply(notice, scorecard_text(self.weeks[week], result))
        seconds = time.monotonic() - self.started.pop(notice)
        score = f"{result.score}/{result.max_score}" if result.score is not None else sanitize(result.reason or "")
        log.info("%s  %s  %s  %.1f s", week, name, score, seconds)
        self.on_change(week, username)


def scorecard_text(assignment: Assignment, result: Result) -> str:
    """Return the scorecard as plain text, which git shows as `remote: ...`."""
    text = io.StringIO()
    console = Console(file=text, width=SCORECARD_WIDTH, highlight=False, no_color=True)
    Scorecard(assignment, result, console, pushed=True).print()
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
