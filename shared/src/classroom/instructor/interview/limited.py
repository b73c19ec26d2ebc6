"""Calls with a limit on their time and memory: a submission's code may deliberately be slow or crash its reader."""

from __future__ import annotations

import contextlib
import multiprocessing
from typing import TYPE_CHECKING, Any

from classroom.core.errors import CouldNotCheck

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.pool import Pool

MEMORY = 2_000_000_000  # bytes of address space
START_SECONDS = 60


class LimitedProcess:
    """A process that makes calls for us; one that takes too long is replaced.

    Args:
        seconds: for each call.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.pool: Pool | None = None

    def __enter__(self) -> LimitedProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def call(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Return what a function returns.

        Raises:
            CouldNotCheck: it did not end in time, or its process crashed or did not start.
        """
        if self.pool is None:
            self.pool = multiprocessing.get_context("spawn").Pool(1, _limit_memory)
            self._wait(START_SECONDS, int)  # starting does not count
        return self._wait(self.seconds, function, *arguments)

    def _wait(self, seconds: float, function: Callable[..., Any], *arguments: object) -> Any:
        assert self.pool is not None
        try:
            return self.pool.apply_async(function, arguments).get(seconds)
        except (multiprocessing.TimeoutError, MemoryError, RecursionError):
            self._end()
            raise CouldNotCheck(f"not finished within {seconds:.0f} seconds") from None

    def _end(self) -> None:
        if self.pool is not None:
            self.pool.terminate()
            self.pool.join()
            self.pool = None


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    memory = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses any
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
