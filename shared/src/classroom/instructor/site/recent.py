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


class _Kept:
    """A value, and until when it counts."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.until = 0.0
        self.value: Any = None


class Recent:
    """Values by key, until something is written; may be used in any thread.

    Attributes:
        writes: how often something was written.
    """

    def __init__(self) -> None:
        self._values: dict[Hashable, _Kept] = {}
        self._lock = threading.Lock()
        self.writes = 0

    def get(self, key: Hashable, read: Callable[[], V]) -> V:
        """Return a value that was read less than a second ago, or read it; one thread does so, and the others wait."""
        with self._lock:
            if len(self._values) >= MOST:
                self._values.clear()
            kept = self._values.setdefault(key, _Kept())
        with kept.lock:
            if time.monotonic() >= kept.until:
                kept.value = read()
                kept.until = time.monotonic() + KEPT_SECONDS
            found: V = kept.value
            return found

    async def find(self, key: Hashable, read: Callable[[], V]) -> V:
        """Return the same as `get` in an event loop, which does not wait for what is read."""
        kept = self._values.get(key)
        if kept is not None and time.monotonic() < kept.until:
            found: V = kept.value
            return found
        return await run_in_threadpool(self.get, key, read)

    def forget(self) -> None:
        """Forget everything, after something was written; who is still reading does not keep it."""
        with self._lock:
            self.writes += 1
            self._values.clear()
