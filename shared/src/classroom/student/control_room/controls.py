"""What the control room can do to a running system; everything is safe to do twice, and undone at the end."""

from __future__ import annotations

import contextlib
import threading
from enum import StrEnum
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, CouldNotCheck
from classroom.core.ports import listens
from classroom.services.postgres.errors import DatabaseError
from classroom.student.foreground import effect
from classroom.student.local_system import INSTANCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.student.local_system import LocalSystem

GIVEN_CACHE = "The cache of CACHE_URL is not ours to cut or flush."


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
    """

    def __init__(self, system: LocalSystem, say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self.system = system
        self.primary_is_away = False
        self._say, self._changed = say, changed
        self._starting: set[str] = set()
        self._turn = threading.Lock()
        self._closed = False

    @property
    def cache_is_given(self) -> bool:
        """Return whether the cache is that of CACHE_URL, which others may use."""
        return bool(self.system.cache.given)

    def state(self, name: str) -> State:
        """Return what a part is doing."""
        if name in self._starting:
            return State.STARTING
        if name == "cache" and self.cache_is_given:
            return State.RUNNING
        part = self.system.parts.get(name)
        return State.RUNNING if part and part.process.poll() is None else State.STOPPED

    def kill(self, name: str) -> None:
        """Kill an instance, or cut the cache off with everything in it."""
        self._ensure_own(name)
        if self.system.kill(name):
            self._report(f"{_titled(name)} killed: {effect(name, self.system)}")

    def start(self, name: str) -> None:
        """Start an instance or the cache, and wait until it accepts connections.

        Raises:
            ClassroomError: it does not start; what it printed says why.
        """
        self._ensure_own(name)
        with self._turn:
            if name in self._starting or self.state(name) is State.RUNNING:
                return
            self._starting.add(name)
        self._changed()
        try:
            started = self.system.restart(name)
        finally:
            self._starting.discard(name)
            self._changed()
        if started:
            self._report(f"{_titled(name)} started")

    def flush_cache(self) -> None:
        """Empty the cache, if it is there."""
        self._ensure_own("cache")
        if self.state("cache") is State.RUNNING and listens(self.system.cache.port):
            self.system.cache.flush()
            self._report("cache flushed: every copy is gone")

    def take_primary(self) -> None:
        """Take the primary away: its sessions end, and nobody can log in to write."""
        with self._turn:
            if self.primary_is_away or self._closed or self.system.database is None:
                return
            self.primary_is_away = True  # first, so that it is brought back even if taking it fails halfway
            self.system.database.keep_out()
        self._report("primary taken away: nothing can be written")

    def return_primary(self) -> None:
        """Bring the primary back."""
        with self._turn:
            if not self.primary_is_away or self.system.database is None:
                return
            self.system.database.let_in()
            self.primary_is_away = False
        self._report("primary is back")

    def close(self) -> None:
        """Undo what lasts longer than the system."""
        with self._turn:
            self._closed = True
        with contextlib.suppress(CouldNotCheck, DatabaseError):  # the database has ended first
            self.return_primary()

    def _ensure_own(self, name: str) -> None:
        if name == "cache" and self.cache_is_given:
            raise ClassroomError(GIVEN_CACHE)

    def _report(self, sentence: str) -> None:
        self._say(sentence)
        self._changed()


def _titled(name: str) -> str:
    return f"instance {name}" if name in INSTANCES else name
