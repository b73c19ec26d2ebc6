"""Workers side by side: submissions in, results out as they come."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.checks.worker import AGAIN, GradingJob, could_not_grade
from classroom.core.errors import CouldNotCheck
from classroom.core.files import write_atomic
from classroom.core.load import LoadLimits
from classroom.core.processes import clean_environment, end_tree
from classroom.core.result import OFFICIAL, VISIBLE, Result
from classroom.services.manager import Services

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from classroom.core.assignment import Assignment

SPARE_SECONDS = 60
TRIES = 2  # more, where something beside the submission was in the way, such as a database server that fell over
START_SECONDS = 120


def usual_jobs(assignment: Assignment) -> int:
    """How many workers keep all cores busy: a check of a week with a database waits for it a good part of its time."""
    cores = os.cpu_count() or 1
    return 2 * cores if "postgres" in assignment.services else cores


@dataclass
class WorkerSlot:
    """A worker process, its current job, and how long the job may take."""

    process: subprocess.Popen[str]
    ready: bool = False
    order: GradingJob | None = None
    began: float = 0.0
    seconds: float = 0.0
    patience: LoadLimits = field(default_factory=LoadLimits)

    def allow(self, seconds: float) -> None:
        """From now on it may take so long."""
        self.began, self.seconds, self.patience = time.monotonic(), seconds, LoadLimits()

    @property
    def late(self) -> bool:
        """Whether what it is doing takes too long."""
        return time.monotonic() > self.began + self.patience.of(self.seconds)


class Pool:
    """Workers for one week.

    Args:
        assignment: the week.
        jobs: how many workers; 0 is as many as keep all cores busy.
        hidden: whether hidden checks count.
        sandbox: the walls around each submission, `bubblewrap` or `none`.
        room: the folder for all that is there for a while; it is made here, and goes when the pool is closed.
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

            if trouble := why_unavailable(str(self.room)):
                shutil.rmtree(self.room, ignore_errors=True)
                raise CouldNotCheck(trouble)
        self.jobs = jobs or usual_jobs(assignment)
        self.hidden = hidden
        self.services = Services(assignment.services)
        self.services.open_ahead()
        self.waiting: deque[GradingJob] = deque()
        self.desks: list[WorkerSlot] = []
        self.selector = selectors.DefaultSelector()
        self.overseen = 0.0
        self.tries: Counter[str] = Counter()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers with everything they began, and remove what they left."""
        for desk in self.desks:
            self._dismiss(desk)
        self.desks.clear()
        self.selector.close()
        self.services.close()
        shutil.rmtree(self.room, ignore_errors=True)

    def order(
        self, submission: Any, *, seed: int, out: Path, fingerprint: str = "", in_place: bool = False
    ) -> GradingJob:
        """The order for one submission."""
        return GradingJob(
            name=submission.name,
            place=str(submission.path),
            bare=submission.bare,
            commit=submission.commit,
            fingerprint=fingerprint,
            seed=seed,
            out=str(out),
            room=str(self.room),
            in_place=in_place,
        )

    def grade(self, orders: Iterable[GradingJob]) -> Iterator[tuple[GradingJob, Result]]:
        """Have the orders worked on, and yield each with its result as it comes.

        Raises:
            CouldNotCheck: the checks themselves are broken, or a service cannot be had.
        """
        self.take(orders)
        while self.busy:
            yield from self.step(1)

    def take(self, orders: Iterable[GradingJob]) -> None:
        """Put orders to those that wait; `step` has them worked on.

        Raises:
            CouldNotCheck: a service cannot be had.
        """
        if "postgres" in self.services.names:
            _ = self.services.provisioner
        self.waiting.extend(orders)

    @property
    def busy(self) -> bool:
        """Whether an order waits or is worked on."""
        return bool(self.waiting) or any(desk.order or not desk.ready for desk in self.desks)

    def step(self, seconds: float) -> Iterator[tuple[GradingJob, Result]]:
        """Give out what waits, listen for some seconds at most, and yield what is done.

        Raises:
            CouldNotCheck: the checks themselves are broken.
        """
        while len(self.desks) < min(self.jobs, len(self.waiting) + sum(desk.order is not None for desk in self.desks)):
            self._hire()
        for desk in self.desks:
            self._give(desk)
        for key, _ in self.selector.select(seconds):
            yield from self._hear(key.data)
        for desk in list(self.desks):
            if desk.late and (desk.order or not desk.ready):
                yield from self._lose(desk, "grading took longer than its limits allow")
        self._oversee()  # last: a database that does not answer takes a minute, in which a desk may have come to its end

    def _oversee(self) -> None:
        """About once a second, have the provisioner end what runs too long or grows too large on the database server."""
        if "postgres" in self.services.names and time.monotonic() > self.overseen + 1:
            with contextlib.suppress(CouldNotCheck):
                self.services.provisioner.oversee()
            self.overseen = time.monotonic()

    def _hire(self) -> None:
        scope = OFFICIAL if self.hidden else VISIBLE
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "classroom.checks.worker", str(self.assignment.folder), scope, self.sandbox],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=clean_environment() | {"TMPDIR": str(self.room)},
            start_new_session=True,
        )
        desk = WorkerSlot(process)
        desk.allow(START_SECONDS)
        self.desks.append(desk)
        assert process.stdout is not None
        self.selector.register(process.stdout, selectors.EVENT_READ, desk)

    def _dismiss(self, desk: WorkerSlot) -> None:
        assert desk.process.stdout is not None
        assert desk.process.stdin is not None
        with contextlib.suppress(KeyError):
            self.selector.unregister(desk.process.stdout)
        with contextlib.suppress(OSError):
            desk.process.stdin.close()
        try:
            desk.process.wait(0 if desk.order else SPARE_SECONDS)
        except subprocess.TimeoutExpired:
            end_tree(desk.process)
        desk.process.stdout.close()

    def _give(self, desk: WorkerSlot) -> None:
        if not desk.ready or desk.order or not self.waiting:
            return
        desk.order = self.waiting.popleft()
        desk.allow(self.assignment.limits.total_s * 1.5 + SPARE_SECONDS)
        assert desk.process.stdin is not None
        with contextlib.suppress(OSError):
            print(json.dumps(asdict(desk.order)), file=desk.process.stdin, flush=True)

    def _hear(self, desk: WorkerSlot) -> Iterator[tuple[GradingJob, Result]]:
        assert desk.process.stdout is not None
        line = desk.process.stdout.readline()
        told = json.loads(line) if line else {}
        if "trouble" in told:
            raise CouldNotCheck(told["trouble"])
        if told.get("ready"):
            desk.ready = True
        elif "done" in told:
            order, desk.order = desk.order, None
            assert order is not None
            if told["status"] == AGAIN and self.tries[order.name] < TRIES:
                self.tries[order.name] += 1
                self.waiting.append(order)
            else:
                self.tries.pop(order.name, None)
                yield order, self._result(order, told["status"])
            if told.get("last"):
                yield from self._lose(desk, "")
                return
        else:
            yield from self._lose(desk, "the process that graded it ended")
            return
        self._give(desk)

    def _lose(self, desk: WorkerSlot, reason: str) -> Iterator[tuple[GradingJob, Result]]:
        """A worker is gone, or hangs: its submission could not be graded, another worker takes its place."""
        order, was_ready = desk.order, desk.ready
        self.desks.remove(desk)
        end_tree(desk.process)
        self._dismiss(desk)
        if order is not None:
            yield order, self._failed(order, reason)
        elif not was_ready:
            raise CouldNotCheck(f"The process that runs the checks of {self.assignment.name} does not start.")
        if self.waiting:
            self._hire()

    def _result(self, order: GradingJob, status: int) -> Result:
        try:
            if status in (0, AGAIN):
                return Result.from_json(Path(order.out).read_text(encoding="utf-8"))
            reason = f"the process that graded it ended with status {status}"
        except (OSError, ValueError) as error:
            reason = f"its result could not be read: {error}"
        return self._failed(order, reason)

    def _failed(self, order: GradingJob, reason: str) -> Result:
        result = could_not_grade(self.assignment, order, reason, sandbox=self.sandbox, hidden=self.hidden)
        write_atomic(Path(order.out), result.to_json())
        return result
