"""Reads what each part of a running site has counted itself."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Protocol

from classroom.student.load.counts import Counts
from classroom.student.load.statements import Statements
from classroom.student.local_system import INSTANCES
from classroom.student.records import Records, read_counters

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.services.postgres.database import Database

CACHE_SECONDS = 0.3  # for a response


class System(Protocol):
    """What has to be known of a running system to find its counters."""

    @property
    def database(self) -> Database | None:
        """Return the database, if it is to be counted."""

    @property
    def records(self) -> Records:
        """Return the files in which its parts keep count."""

    @property
    def cache_url(self) -> str:
        """Return the cache's address."""

    @property
    def transcode_log(self) -> Path:
        """Return the file in which its workers note their jobs."""


class Parts:
    """The counters of a system's parts: cheap enough to be read once a second, from one thread or several.

    A part that is down keeps its last count, and one that was started again continues from there.

    Args:
        system: a running system.
    """

    def __init__(self, system: System) -> None:
        self._turn = threading.Lock()
        self._records = system.records
        self._primary = self._replica = None
        if database := system.database:
            reader = database.reader()
            self._primary = Statements(database, others=(reader.app.role,))
            self._replica = Statements(reader)
        self._cache = Growing(Keyspace(system.cache_url))
        self._storage = Lines(system.records.storage)
        self._jobs = Lines(system.transcode_log, b"end ", skip=True)

    def count(self) -> Counts:
        """Return what the parts have counted so far."""
        with self._turn:
            *requests, refused = read_counters(self._records.balancer) or [0, 0, 0]
            hits, misses = self._cache.read() or (None, None)
            return Counts(
                requests=dict(zip(INSTANCES, requests, strict=False)),
                refused=refused,
                primary=self._primary.count() if self._primary else None,
                replica=self._replica.count() if self._replica else None,
                hits=hits,
                misses=misses,
                storage=self._storage.count(),
                jobs=self._jobs.count(),
            )


class Lines:
    """The number of lines in a file that others write to; each reading continues where the last one ended.

    Args:
        path: the file, which may not exist yet.
        start: count only lines that start with this.
        skip: whether to leave out what is there already.
    """

    def __init__(self, path: Path, start: bytes = b"", *, skip: bool = False) -> None:
        self.path, self.start = path, start
        self._number = self._place = 0
        if skip:
            with contextlib.suppress(OSError):
                self._place = path.stat().st_size

    def count(self) -> int:
        """Return how many there are now."""
        with contextlib.suppress(OSError), self.path.open("rb") as file:
            if self.path.stat().st_size < self._place:  # it was emptied
                self._place = 0
            file.seek(self._place)
            new = file.read()
            whole = new[: new.rfind(b"\n") + 1]
            self._place += len(whole)
            self._number += sum(line.startswith(self.start) for line in whole.splitlines())
        return self._number


class Keyspace:
    """The counters of a cache: the keys that it was asked for and had, and those that it did not have."""

    def __init__(self, url: str) -> None:
        import redis  # week 5 installs it

        self._error = redis.RedisError
        self._client = redis.Redis.from_url(url, socket_connect_timeout=CACHE_SECONDS, socket_timeout=CACHE_SECONDS)

    def read(self) -> tuple[int, int] | None:
        """Return hits and misses since the cache was started; None if it does not respond or does not count."""
        try:
            found = self._client.info("stats")
            return int(found["keyspace_hits"]), int(found["keyspace_misses"])
        except (self._error, OSError, KeyError, TypeError, ValueError):
            return None


class Growing:
    """The counters of a cache that may be killed and started again, as numbers that only grow."""

    def __init__(self, keyspace: Keyspace) -> None:
        self._keyspace = keyspace
        self._before, self._last = (0, 0), (0, 0)
        self._known = False

    def read(self) -> tuple[int, int] | None:
        """Return hits and misses of all its lives; None if it has never responded."""
        if (now := self._keyspace.read()) is not None:
            if now < self._last or sum(now) < sum(self._last):
                self._before = (self._before[0] + self._last[0], self._before[1] + self._last[1])
            self._last, self._known = now, True
        return (self._before[0] + self._last[0], self._before[1] + self._last[1]) if self._known else None
