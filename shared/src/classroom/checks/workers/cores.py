"""The processor cores of each worker: what a submission computes on its own cores does not slow the others."""

from __future__ import annotations

import os
import threading
from collections import Counter
from contextlib import suppress

_workers: Counter[int] = Counter()  # how many workers of this process each core was given to
_changing = threading.Lock()


def available_cores() -> list[int]:
    """Return the cores that this process may use: a container may have fewer than its machine."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def take_cores(pid: int, jobs: int) -> frozenset[int]:
    """Bind a new process, and all that it will start, to the cores that the fewest workers have.

    Args:
        pid: the process; it must not have started a thread or another process yet.
        jobs: how many workers share the machine.

    Returns:
        The cores, for `give_back`; none if the process uses all of them or has exited.
    """
    available = available_cores()
    share = max(1, len(available) // jobs)
    if share >= len(available):
        return frozenset()
    with _changing:
        cores = frozenset(sorted(available, key=_workers.__getitem__)[:share])
        with suppress(OSError):
            os.sched_setaffinity(pid, cores)
        _workers.update(cores)
    return cores


def give_back(cores: frozenset[int]) -> None:
    """Count a worker no more that has exited."""
    with _changing:
        _workers.subtract(cores)
