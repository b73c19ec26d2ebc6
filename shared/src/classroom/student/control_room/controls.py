"""What the control room can do to a running system; everything is safe to do twice, and undone at the end."""

from __future__ import annotations

import contextlib
import threading
from enum import StrEnum
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, CouldNotCheck
from classroom.core.ports import HOST, listens
from classroom.services.postgres.errors import DatabaseError
from classroom.student.load import Load
from classroom.student.local_system import INSTANCES, PartEndedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.student.local_system import LocalSystem

END_SECONDS = 5
RATE, WRITERS = 50, 10  # requests a second, and how many of 100 write, until someone moves the sliders
GIVEN_CACHE = "The cache at CACHE_URL does not belong to the course, so it cannot be cut off or flushed here."


class State(StrEnum):
    """What a part is doing."""

    RUNNING = "running"
    STARTING = "starting"
    STOPPED = "stopped"


class Controls:
    """The controls of one system.

    Args:
        system: the system, which is up.
        say: called with each sentence about what was done.
        changed: called when a state has changed.

    Attributes:
        primary_is_away: whether nobody can write.
        load: the load that was sent last, or None.
        problem: why the last button did not do what it says, or "".
    """

    def __init__(self, system: LocalSystem, say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self.system = system
        self.primary_is_away = False
        self.load: Load | None = None
        self.problem = ""
        self._say, self.changed = say, changed
        self._starting: set[str] = set()
        self._turn = threading.Lock()
        self._closed = False

    @property
    def cache_is_given(self) -> bool:
        """Return whether the cache is the one at CACHE_URL, which others may use."""
        return bool(self.system.cache.given)

    @property
    def lag(self) -> float:
        """Return how many seconds the replica is behind."""
        return self.system.replica_lag

    @property
    def workers(self) -> list[str]:
        """Return the names of the workers, running or not."""
        return [name for name in self.system.parts if name.startswith("worker")]

    @property
    def running_workers(self) -> list[str]:
        """Return the names of the workers that are running."""
        return [name for name in self.workers if self.state(name) is State.RUNNING]

    @property
    def rate(self) -> float:
        """Return how many requests a second are being sent."""
        return self.load.rate if self.load and self.load.running else 0

    @property
    def chosen_rate(self) -> float:
        """Return how many requests a second are sent, or were sent last."""
        return self.load.rate if self.load else RATE

    @property
    def writers(self) -> int:
        """Return how many of 100 requests write."""
        return round(100 * self.load.writers) if self.load else WRITERS

    def state(self, name: str) -> State:
        """Return what a part is doing."""
        if name in self._starting:
            return State.STARTING
        if name == "cache" and self.cache_is_given:
            return State.RUNNING
        part = self.system.parts.get(name)
        return State.RUNNING if part and part.process.poll() is None else State.STOPPED

    def press(self, action: Callable[[], None]) -> None:
        """Do what a button says; what goes wrong is the problem until the next button is pressed."""
        before, self.problem = self.problem, ""
        try:
            action()
        except (ClassroomError, DatabaseError) as error:
            self.problem = str(error)
        if before or self.problem:
            self.changed()

    def kill(self, name: str) -> None:
        """Kill an instance, or cut the cache off with everything in it."""
        self._ensure_own(name)
        if self.system.kill(name):
            self._report(f"{_titled(name)} {'cut off' if name == 'cache' else 'killed'}")

    def start(self, name: str) -> None:
        """Start an instance, the cache or a worker, and wait until it accepts connections.

        Raises:
            ClassroomError: it does not start; what it printed says why.
        """
        self._ensure_own(name)
        with self._turn:
            if name in self._starting or self.state(name) is State.RUNNING:
                return
            self._starting.add(name)
        self.changed()
        try:
            started = self.system.restart(name)
        except PartEndedError:
            if name in self.system.killed():  # in another tab, while it was starting
                return
            how = self.system.parts[name].how_it_ended
            raise ClassroomError(
                f"{_titled(name)} did not start {how}: what it printed in the terminal says why."
            ) from None
        finally:
            self._starting.discard(name)
            self.changed()
        if started:
            self._report(f"{_titled(name)} {'restored, empty' if name == 'cache' else 'started'}")

    def kill_worker(self) -> None:
        """Kill one of the workers that are running."""
        for name in self.running_workers[:1]:
            self.kill(name)

    def start_workers(self) -> None:
        """Start the workers that have stopped."""
        for name in self.workers:
            self.start(name)

    def flush_cache(self) -> None:
        """Empty the cache, if it is there."""
        self._ensure_own("cache")
        if self.state("cache") is State.RUNNING and listens(self.system.cache.port):
            with contextlib.suppress(OSError):  # cut off in another tab in this moment
                self.system.cache.flush()
                self._report("cache flushed")

    def take_primary(self) -> None:
        """Take the primary away: its sessions end, and nobody can log in to write."""
        with self._turn:
            if self.primary_is_away or self._closed or self.system.database is None:
                return
            self.primary_is_away = True  # first, so that it is brought back even if taking it fails halfway
            self.system.database.keep_out()
        self._report("primary taken away")

    def return_primary(self) -> None:
        """Bring the primary back."""
        with self._turn:
            if not self.primary_is_away or self.system.database is None:
                return
            self.system.database.let_in()
            self.primary_is_away = False
        self._report("primary brought back")

    def set_lag(self, seconds: float) -> None:
        """Let the replica be this many seconds behind."""
        with self._turn:
            if seconds == self.lag:
                return
            self.system.set_replica_lag(seconds)
        self._report(f"replica {seconds:g} s behind" if seconds else "replica is up to date")

    def send_load(self, rate: float, writers: int) -> None:
        """Send this many requests a second, of which so many in 100 write; or change what is being sent."""
        with self._turn:
            if self._closed or (self.rate, self.writers) == (rate, writers):
                return
            if self.load is None:
                self.load = Load(f"http://{HOST}:{self.system.ports.site}", rate, writers / 100)
            self.load.change(rate, writers / 100)
            self.load.start()
        self._report(f"load of {rate:g} requests a second, {writers} % of them write")

    def stop_load(self) -> None:
        """Send no more requests."""
        with self._turn:
            if not self.rate or self.load is None:
                return
            self.load.stop()
        self._report("load stopped")

    def close(self) -> None:
        """Undo what lasts longer than the system, and send no more requests."""
        with self._turn:
            self._closed = True
        with contextlib.suppress(CouldNotCheck, DatabaseError):  # the database has ended first
            self.return_primary()
        if self.load is not None:
            self._say("deleting the videos that the load has uploaded")
            # A site that does not respond must not keep the command from ending.
            ending = threading.Thread(target=self.load.clear, daemon=True)
            ending.start()
            ending.join(END_SECONDS)

    def _ensure_own(self, name: str) -> None:
        if name == "cache" and self.cache_is_given:
            raise ClassroomError(GIVEN_CACHE)

    def _report(self, sentence: str) -> None:
        self._say(sentence)
        self.changed()


def _titled(name: str) -> str:
    return f"instance {name}" if name in INSTANCES else name
