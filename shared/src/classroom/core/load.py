"""How busy the machine is, and limits that grow with it: a busy machine must not turn a right answer red."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

AT_WORK = 2  # runnable programs per core that a grading itself keeps going
MOST = 4  # times as long as usual: a submission that makes the machine busy must not have all day


def slowdown() -> int:
    """Return how many times as long as usual things may take at this moment: 1 to 4."""
    wanting = 0.0
    with contextlib.suppress(AttributeError, OSError):  # Windows has none
        wanting = os.getloadavg()[0]
    with contextlib.suppress(OSError, ValueError, IndexError):
        # The average over a minute does not show yet what started a second ago.
        wanting = max(wanting, int(Path("/proc/loadavg").read_text(encoding="ascii").split()[3].partition("/")[0]))
    return max(1, min(MOST, int(wanting / (os.cpu_count() or 1) / AT_WORK)))


def under_load(seconds: float) -> float:
    """Return a limit in seconds, lengthened for a machine that is as busy as this one is now."""
    return seconds * slowdown()


class LoadLimits:
    """Limits for something that takes a while: they grow with the machine's load, and never shrink again."""

    def __init__(self) -> None:
        self.most = 1

    def of(self, seconds: float) -> float:
        """Return a limit in seconds, lengthened for the busiest moment since the beginning."""
        self.most = max(self.most, slowdown())
        return seconds * self.most
