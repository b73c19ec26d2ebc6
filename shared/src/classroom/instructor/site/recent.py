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
    """A value, and until when it counts; or the error with which the last attempt to read it ended."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.attempts = 0
        self.until = 0.0
        self.value: Any = None
        self.error: Exception | None = None


class Recent:
    """Values by key, until something is written; may be used in any thread.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._values: dict[Hashable, _Kept] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, read: Callable[[], V]) -> V:
        """Return a value that was read less than a second ago, or read it: one thread does, and the others wait for it.

        Raises:
            Exception: what `read` has raised, for all who have waited.
        """
        with self._lock:
            if len(self._values) >= self.most:
                self._values.clear()
            kept = self._values.setdefault(key, _Kept())
        attempts = kept.attempts
        with kept.lock:
            if time.monotonic() >= kept.until:
                _read(kept, read, waited=kept.attempts != attempts)
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
        """Forget everything, after something was written; a value that is still being read is not kept."""
        with self._lock:
            self._values.clear()


def _read(kept: _Kept, read: Callable[[], Any], *, waited: bool) -> None:
    """Read a value, unless somebody else's attempt has failed while this one waited."""
    if waited and kept.error is not None:
        raise kept.error
    try:
        kept.value, kept.error = read(), None
    except Exception as error:
        kept.error = error
        raise
    finally:
        kept.attempts += 1
    kept.until = time.monotonic() + KEPT_SECONDS
