"""What was read from the database is kept for a moment: hundreds of open pages ask for the same thing again and again."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

V = TypeVar("V")
KEPT_SECONDS = 1.0  # for what another process changes, such as `classroom forget`
MOST = 10_000


class Recent:
    """Values by key, until something is written; may be used in any thread."""

    def __init__(self) -> None:
        self._values: dict[Hashable, tuple[float, Any]] = {}
        self._lock = threading.Lock()
        self._writes = 0

    def get(self, key: Hashable, read: Callable[[], V]) -> V:
        """Return a value that was read less than a second ago, or read it."""
        with self._lock:
            kept, writes = self._kept(key), self._writes
        if kept:
            known: V = kept[0]
            return known
        found = read()
        with self._lock:
            if writes == self._writes:  # otherwise it may be from before the last write
                if len(self._values) >= MOST:
                    self._values.clear()
                self._values[key] = time.monotonic() + KEPT_SECONDS, found
        return found

    async def find(self, key: Hashable, read: Callable[[], V]) -> V:
        """Return the same as `get` in an event loop, which does not wait for what is read."""
        with self._lock:
            kept = self._kept(key)
        return kept[0] if kept else await run_in_threadpool(self.get, key, read)

    def _kept(self, key: Hashable) -> tuple[Any] | None:
        """Return a value that is not too old yet, in a tuple because it may be None; None if there is none."""
        until, value = self._values.get(key, (0.0, None))
        return (value,) if time.monotonic() < until else None

    def forget(self) -> None:
        """Forget everything, after something was written."""
        with self._lock:
            self._writes += 1
            self._values.clear()
