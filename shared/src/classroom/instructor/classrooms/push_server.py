"""Push server of a classroom: grades what is pushed, or lets workers grade it, and replies to each push with its scorecard."""

from __future__ import annotations

import contextlib
import logging
import secrets
import time
from functools import partial
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import write_atomic
from classroom.core.locks import Lock
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.core.text import one_line, sanitize
from classroom.instructor.classrooms.announcement import Announcement
from classroom.instructor.classrooms.classroom import USERNAME
from classroom.instructor.classrooms.due_dates import DueDates
from classroom.instructor.classrooms.inbox import Inbox, PushNotice
from classroom.instructor.classrooms.missed_pushes import last_commit, missed_pushes
from classroom.instructor.classrooms.ownership import ensure_writable
from classroom.instructor.classrooms.push_reply import put_on_branch, scorecard_text
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.classrooms.week_pools import WeekPools, slots_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.core.result import Result
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.push_queue import PushQueue
    from classroom.instructor.workers.job_queue import JobQueue, PassedOn

POLL_SECONDS = 0.02
RETRY_SECONDS = 30  # until a week whose checks could not be run is tried again

log = logging.getLogger(__name__)


class PushServer:
    """Serves one classroom; use it as a context manager.

    Args:
        classroom: the classroom.
        sandbox: the sandbox around each submission, `bubblewrap` or `none`.
        jobs: how many pushes are graded at once; 0 is one for each core, and at least two.

    Attributes:
        on_change: called with week and username when a push has its reply, or a worker elsewhere begins with it.
        queue: told where each push is, and when its grading begins here, if someone wants to know.
        remote: the queue of the workers on other machines, if there can be any.
        in_progress: what is being graded on this machine.

    Raises:
        UsageError: it is being served already.
    """

    def __init__(self, classroom: Classroom, *, sandbox: str, jobs: int = 0) -> None:
        self.classroom = classroom
        self.jobs = slots_for(jobs)
        self.weeks = WeekPools(classroom, sandbox, self.jobs, self._let_wait)
        self.in_progress: dict[tuple[str, str], PushNotice] = {}
        self.started: dict[PushNotice, float] = {}
        self.retry_at: dict[str, float] = {}
        self.on_change: Callable[[str, str], None] = lambda *_: None
        self.queue: PushQueue | None = None
        self.remote: JobQueue | None = None
        self.dates = DueDates(classroom)
        self.inbox = Inbox(
            classroom.state_dir,
            lambda week, username: self._repository(week, username) is not None,
            partial(last_commit, classroom),
        )

    def __enter__(self) -> PushServer:
        ensure_writable(self.classroom.folder)
        self.lock = Lock(self.classroom.state_dir / "lock")
        if not self.lock.attempt():
            self.lock.close()
            raise UsageError(f"{self.classroom.folder} is already being served, by another `classroom serve`.")
        # Not in /tmp: a server that runs for weeks must not lose its files to a program that tidies up there.
        self.scratch = ScratchDir("serve", self.classroom.state_dir)
        self.weeks.read()
        self.inbox.recovered = missed_pushes(self.classroom, self.weeks.known)
        self.announcement = Announcement(self.classroom.state_dir)
        return self

    def __exit__(self, *_: object) -> None:
        self.announcement.withdraw()
        self.weeks.close_all()
        self.scratch.close()
        self.announcement.close()
        self.lock.close()

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
                graded += self._hear()
                self._dispatch()
                if self.queue:
                    self.queue.look(self._waiting, {*self.in_progress, *self._elsewhere(begun=True)})
                if self.in_progress:
                    graded += self._step()
                elif once and not self._elsewhere():
                    break
                else:
                    time.sleep(POLL_SECONDS)
        return graded

    def left(self) -> int:
        """Return how many pushes still wait."""
        return len(self.inbox.waiting(self.in_progress.values()))

    def _elsewhere(self, *, begun: bool = False) -> dict[tuple[str, str], PassedOn]:
        """Return what was passed on to workers, or what they have begun with."""
        jobs = self.remote.passed if self.remote else {}
        return {key: job for key, job in jobs.items() if job.worker or not begun}

    def _in_inbox(self) -> list[PushNotice]:
        """Return what waits in the inbox alone, the oldest first."""
        passed = (job.notice for job in self._elsewhere().values())
        return self.inbox.waiting([*self.in_progress.values(), *passed])

    def _waiting(self) -> list[PushNotice]:
        """Return what nobody has begun with, the oldest first."""
        return [*(self.remote.waiting() if self.remote else ()), *self._in_inbox()]

    def _dispatch(self) -> None:
        """Give the oldest push to a free slot, so that a hanging submission blocks only one of them.

        What this machine has no slot for is passed on to workers, as much as they can soon begin with.
        """
        free = self.jobs - len(self.in_progress)
        if self.remote and free > 0:
            self.remote.take_back(free)
        if free <= 0 and not (self.remote and self.remote.room > 0):
            return
        for notice in self._in_inbox():
            # Of each student's pushes one is graded at a time.
            key = notice.week, notice.username
            taken = key in self.in_progress or key in self._elsewhere()
            if taken or self.retry_at.get(notice.week, 0) > time.monotonic():
                continue
            try:
                if len(self.in_progress) < self.jobs:
                    self._grade(notice)
                elif self.remote and self.remote.accepts(notice):
                    self._pass_on(self.remote, notice)
            except (ClassroomError, OSError) as error:
                self._postpone(notice.week, error)
            if len(self.in_progress) >= self.jobs and not (self.remote and self.remote.room > 0):
                break

    def _grade(self, notice: PushNotice) -> None:
        """Begin to grade a push on this machine."""
        key = notice.week, notice.username
        pool = self.weeks.pool(notice.week, self.scratch.path)
        out = self.classroom.score_path(*key)
        task_file = self.queue.begin(key, self.scratch.path) if self.queue else ""
        job = pool.job(self._submission(notice), seed=secrets.randbits(64), out=out, task_file=task_file)
        pool.take([job])
        self.in_progress[key], self.started[notice] = notice, time.monotonic()
        log.debug("%s  %s  grading %s", notice.week, self._name(notice.week, notice.username), notice.commit)

    def _pass_on(self, remote: JobQueue, notice: PushNotice) -> None:
        """Let a worker grade a push."""
        folder = self.weeks.folder(notice.week)
        repository = self.classroom.repository_path(notice.week, notice.username)
        remote.pass_on(notice, folder, self.weeks.editions[notice.week], repository)

    def _hear(self) -> int:
        """Hear of what was passed on to workers; return how many of those pushes have their reply."""
        graded = 0
        for job in self.remote.look() if self.remote else ():
            if job.result is not None:
                graded += self._accept(job)
            elif job.worker:
                if job.notice not in self.started:
                    self.started[job.notice] = time.monotonic()
                    self.on_change(*job.key)
                if self.queue and job.task:
                    self.queue.set_task(job.key, job.task)
        return graded

    def _accept(self, job: PassedOn) -> bool:
        """Keep the result of a worker and reply to the push; return whether that was possible."""
        assert self.remote is not None
        week, username = job.key
        try:
            result = job.checked(self.weeks.known[week].max_score)
        except ValueError as error:
            log.warning("%s  %s  %s sent an invalid result (%s)", week, self._name(week, username), job.worker, error)
            self.remote.reject(job)
            return False
        try:
            write_atomic(self.classroom.score_path(*job.key), result.to_json())
            self._reply(job.notice, result, f"  on {job.worker}")
        except (ClassroomError, OSError) as error:
            self._postpone(week, error)
            return False
        self.remote.done(job)
        return True

    def _repository(self, week: str, username: str) -> Repository | None:
        """Return the repository of a push; while someone edits the list of teams, each one that exists counts."""
        if not self.weeks.knows(week):
            return None
        try:
            return self.classroom.repository(week, username)
        except UsageError:
            path = self.classroom.repository_path(week, username)
            counts = USERNAME.fullmatch(username) and path.is_dir() and not path.is_symlink()
            return Repository(path) if counts else None

    def _step(self) -> int:
        """Reply to the pushes that have been graded; return how many those were."""
        graded = 0
        self.weeks.give_way()
        for week, pool in list(self.weeks.pools.items()):
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
        self.weeks.close(week)

    def _let_wait(self, week: str) -> None:
        """Let the pushes of a week wait again that are being graded, here or by workers."""
        self.in_progress = {key: notice for key, notice in self.in_progress.items() if notice.week != week}
        self.started = {notice: began for notice, began in self.started.items() if notice.week != week}
        if self.remote:
            self.remote.take_back_week(week)

    def _name(self, week: str, username: str) -> str:
        """Return a student or a team as the log names them, such as `Ada Lovelace (ada)`."""
        with contextlib.suppress(ClassroomError, OSError):  # while the roster is being edited
            return self.classroom.owners(week).get(username, username)
        return username

    def _submission(self, notice: PushNotice) -> Submission:
        path = self.classroom.repository_path(notice.week, notice.username)
        return Submission(notice.username, path, bare=True, commit=notice.commit)

    def _reply(self, notice: PushNotice, result: Result, where: str = "") -> None:
        """Send a push its scorecard; first to the branch, where a student who has read the reply then finds it."""
        week, username, name = notice.week, notice.username, self._name(notice.week, notice.username)
        self.dates.refresh()
        result = self.dates.adjusted(self.weeks.known[week], result)
        put_on_branch(self.classroom.repository_path(week, username), result, week, name)
        self.inbox.reply(notice, scorecard_text(self.weeks.known[week], result))
        seconds = time.monotonic() - self.started.pop(notice, time.monotonic())
        score = f"{result.score}/{result.max_score}" if result.score is not None else sanitize(result.reason or "")
        log.info("%s  %s  %s  %.1f s%s", week, name, score, seconds, one_line(where))
        self.on_change(week, username)
