"""A pool of grading workers: jobs in, results out as they are finished."""

from __future__ import annotations

import contextlib
import json
import selectors
import shutil
import subprocess
import sys
import time
from collections import Counter, deque
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.checks.workers.cores import available_cores, give_back, take_cores
from classroom.checks.workers.job import AGAIN, GradingJob, could_not_grade
from classroom.checks.workers.slot import WorkerSlot
from classroom.core.errors import CouldNotCheck
from classroom.core.files import write_atomic
from classroom.core.processes import clean_environment, end_tree
from classroom.core.result import OFFICIAL, VISIBLE, Result
from classroom.services.manager import Services, has_own_database

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from classroom.core.assignment import Assignment

SPARE_SECONDS = 60
MAX_RETRIES = 2  # after a failure that the submission did not cause, such as a crash of the database server
START_SECONDS = 120


class Pool:
    """Workers for one week.

    Args:
        assignment: the week.
        jobs: how many workers; 0 means one for each core.
        hidden: whether hidden checks are run.
        sandbox: the sandbox of each submission, `bubblewrap` or `none`.
        room: the folder for temporary files; it is created here, and removed when the pool is closed.
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        jobs: int = 0,
        hidden: bool = True,
        sandbox: str = "none",
        room: Path,
    ) -> None:
        self.assignment = assignment
        self.sandbox = sandbox
        self.room = room
        self.room.mkdir(mode=0o700)
        if sandbox != "none":
            from classroom.apps.sandbox.bubblewrap import why_unavailable

            if reason := why_unavailable(str(self.room)):
                shutil.rmtree(self.room, ignore_errors=True)
                raise CouldNotCheck(reason)
        self.jobs = jobs or len(available_cores())
        self.hidden = hidden
        # Those that all submissions share; where each has its own, there are none.
        self.services = Services(() if has_own_database(assignment.services, sandbox) else assignment.services)
        self.services.open_ahead()
        self.waiting: deque[GradingJob] = deque()
        self.slots: list[WorkerSlot] = []
        self.selector = selectors.DefaultSelector()
        self.overseen_at = 0.0
        self.retries: Counter[str] = Counter()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the workers with everything they started, and remove the temporary files."""
        for slot in self.slots:
            self._stop(slot)
        self.slots.clear()
        self.selector.close()
        self.services.close()
        shutil.rmtree(self.room, ignore_errors=True)

    def cancel(self) -> None:
        """Give up all jobs, and end the workers that work on one; the next job gets a new worker."""
        self.waiting.clear()
        for slot in [slot for slot in self.slots if slot.job]:
            self._kill(slot)

    def job(
        self,
        submission: Any,
        *,
        seed: int,
        out: Path,
        fingerprint: str = "",
        in_place: bool = False,
        task_file: str = "",
    ) -> GradingJob:
        """Return the job for one submission."""
        return GradingJob(
            name=submission.name,
            path=str(submission.path),
            bare=submission.bare,
            commit=submission.commit,
            fingerprint=fingerprint,
            seed=seed,
            out=str(out),
            room=str(self.room),
            in_place=in_place,
            task_file=task_file,
        )

    def grade(self, jobs: Iterable[GradingJob]) -> Iterator[tuple[GradingJob, Result]]:
        """Grade the submissions, and yield each job with its result when it is finished.

        Raises:
            CouldNotCheck: the checks themselves are broken, or a service does not start.
        """
        self.take(jobs)
        while self.busy:
            yield from self.step(1)

    def take(self, jobs: Iterable[GradingJob]) -> None:
        """Add jobs to the queue; `step` works on them.

        Raises:
            CouldNotCheck: a service does not start.
        """
        if "postgres" in self.services.names:
            _ = self.services.provisioner
        self.waiting.extend(jobs)

    @property
    def busy(self) -> bool:
        """Return whether a job is waiting or being worked on."""
        return bool(self.waiting) or any(slot.job or not slot.ready for slot in self.slots)

    def step(self, seconds: float) -> Iterator[tuple[GradingJob, Result]]:
        """Dispatch waiting jobs, wait at most `seconds` for replies, and yield what is finished.

        Raises:
            CouldNotCheck: the checks themselves are broken.
        """
        while len(self.slots) < min(self.jobs, len(self.waiting) + sum(slot.job is not None for slot in self.slots)):
            self._spawn()
        for slot in self.slots:
            self._dispatch(slot)
        for key, _ in self.selector.select(seconds):
            yield from self._receive(key.data)
        for slot in list(self.slots):
            if slot.late and (slot.job or not slot.ready):
                yield from self._replace(slot, "grading exceeded its time limit")
        self._oversee()  # last: if the database does not respond this takes a minute, in which a worker may exceed its limit

    def _oversee(self) -> None:
        """About once a second, stop what runs too long or grows too large on the database server."""
        if "postgres" in self.services.names and time.monotonic() > self.overseen_at + 1:
            with contextlib.suppress(CouldNotCheck):
                self.services.provisioner.oversee()
            self.overseen_at = time.monotonic()

    def _spawn(self) -> None:
        scope = OFFICIAL if self.hidden else VISIBLE
        process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "classroom.checks.workers.worker",
                str(self.assignment.folder),
                scope,
                self.sandbox,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=clean_environment() | {"TMPDIR": str(self.room)},
            start_new_session=True,
        )
        # Before the interpreter has started anything: what it starts later inherits the cores.
        cores = take_cores(process.pid, self.jobs) if self.sandbox != "none" else frozenset()
        slot = WorkerSlot(process, cores)
        slot.allow(START_SECONDS)
        self.slots.append(slot)
        assert process.stdout is not None
        self.selector.register(process.stdout, selectors.EVENT_READ, slot)

    def _stop(self, slot: WorkerSlot) -> None:
        assert slot.process.stdout is not None
        assert slot.process.stdin is not None
        with contextlib.suppress(KeyError):
            self.selector.unregister(slot.process.stdout)
        with contextlib.suppress(OSError):
            slot.process.stdin.close()
        try:
            slot.process.wait(0 if slot.job else SPARE_SECONDS)
        except subprocess.TimeoutExpired:
            end_tree(slot.process)
        slot.process.stdout.close()
        give_back(slot.cores)

    def _kill(self, slot: WorkerSlot) -> None:
        self.slots.remove(slot)
        end_tree(slot.process)
        self._stop(slot)

    def _dispatch(self, slot: WorkerSlot) -> None:
        if not slot.ready or slot.job or not self.waiting:
            return
        slot.job = self.waiting.popleft()
        slot.allow(self.assignment.limits.total_s * 1.5 + SPARE_SECONDS)
        assert slot.process.stdin is not None
        with contextlib.suppress(OSError):
            print(json.dumps(asdict(slot.job)), file=slot.process.stdin, flush=True)

    def _receive(self, slot: WorkerSlot) -> Iterator[tuple[GradingJob, Result]]:
        assert slot.process.stdout is not None
        line = slot.process.stdout.readline()
        reply = json.loads(line) if line else {}
        if "trouble" in reply:
            raise CouldNotCheck(reply["trouble"])
        if reply.get("ready"):
            slot.ready = True
        elif "done" in reply:
            job, slot.job = slot.job, None
            assert job is not None
            if reply["status"] != AGAIN or not self._try_again(job):
                self.retries.pop(job.name, None)
                yield job, self._result(job, reply["status"])
            if reply.get("last"):
                yield from self._replace(slot, "")
                return
        else:
            # Such as for lack of memory, which need not be this submission's fault.
            if slot.job is not None and self._try_again(slot.job):
                slot.job = None
            yield from self._replace(slot, "the grading process ended unexpectedly")
            return
        self._dispatch(slot)

    def _try_again(self, job: GradingJob) -> bool:
        """Put a job into the queue again, unless that has not helped before; return whether it was."""
        if self.retries[job.name] >= MAX_RETRIES:
            return False
        self.retries[job.name] += 1
        self.waiting.append(job)
        return True

    def _replace(self, slot: WorkerSlot, reason: str) -> Iterator[tuple[GradingJob, Result]]:
        """Replace a worker that exited or hangs; its submission could not be graded."""
        job, was_ready = slot.job, slot.ready
        self._kill(slot)
        if job is not None:
            self.retries.pop(job.name, None)
            yield job, self._failure(job, reason)
        elif not was_ready:
            raise CouldNotCheck(f"The worker that runs the checks for {self.assignment.name} did not start.")
        if self.waiting:
            self._spawn()

    def _result(self, job: GradingJob, status: int) -> Result:
        try:
            if status in (0, AGAIN):
                return Result.from_json(Path(job.out).read_text(encoding="utf-8"))
            reason = f"the grading process ended with exit status {status}"
        except (OSError, ValueError) as error:
            reason = f"the result could not be read: {error}"
        return self._failure(job, reason)

    def _failure(self, job: GradingJob, reason: str) -> Result:
        result = could_not_grade(self.assignment, job, reason, sandbox=self.sandbox, hidden=self.hidden)
        write_atomic(Path(job.out), result.to_json())
        return result
