"""Calls with a limit on their time and memory: what reads a submission's code may be slow, or crash, by its intent."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

from classroom.core.errors import CouldNotCheck

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.pool import Pool

MEMORY = 2_000_000_000  # bytes of address space


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
            CouldNotCheck: it did not end in time, or its process crashed.
        """
        if self.pool is None:
            self.pool = multiprocessing.get_context("spawn").Pool(1, _limit_memory)
            self.pool.apply(int)  # starting does not count
        try:
            return self.pool.apply_async(function, arguments).get(self.seconds)
        except (multiprocessing.TimeoutError, MemoryError, RecursionError):
            self._end()
            raise CouldNotCheck(f"not finished within {self.seconds:.0f} seconds") from None

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
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
