"""Time limits that grow with the load of the machine, so that a busy machine does not fail a correct submission."""

from __future__ import annotations

import contextlib
import functools
import os
import time

OWN_LOAD = 2  # runnable processes per core that grading itself causes
MAX_SLOWDOWN = 4  # a submission that makes the machine busy must not get unlimited time
FRESH_SECONDS = 0.1  # until the load is measured again: each request asks for it three times


def slowdown() -> int:
    """Return how many times longer than usual things may take now: 1 to 4."""
    return _measured(int(time.monotonic() / FRESH_SECONDS))


@functools.lru_cache(maxsize=1)
def _measured(_moment: int) -> int:
    runnable = 0.0
    with contextlib.suppress(AttributeError, OSError):  # not on Windows
        runnable = os.getloadavg()[0]
    # The average over a minute does not yet include what started a second ago. Path.read_text takes three times as long.
    with (
        contextlib.suppress(OSError, ValueError, IndexError),
        open("/proc/loadavg", "rb", buffering=0) as file,  # noqa: PTH123 - see above
    ):
        runnable = max(runnable, int(file.read().split()[3].partition(b"/")[0]))
    return max(1, min(MAX_SLOWDOWN, int(runnable / (os.cpu_count() or 1) / OWN_LOAD)))


def under_load(seconds: float) -> float:
    """Return a limit in seconds, extended for the current load of the machine."""
    return seconds * slowdown()


class LoadLimits:
    """Limits that grow with the load of the machine, and never shrink."""

    def __init__(self) -> None:
        self.most = 1

    def of(self, seconds: float) -> float:
        """Return a limit in seconds, extended for the highest load since this object was created."""
        self.most = max(self.most, slowdown())
        return seconds * self.most
