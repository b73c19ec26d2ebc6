"""Limit on wrong secrets, by where they come from.

A school may have one address, so someone there who guesses must not lock the others out: after a number of wrong
attempts, further wrong ones are refused for a while, and right ones still work. Only codes that people type, which are
shorter than other secrets, are not looked at anymore after many more.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MOST = 50  # a lab room may have one address, and someone in it may mistype
FACTOR = 20  # of `MOST`: from here on, no code is looked at. In half a year that is one guess in 30,000 codes
SECONDS = 600
MAX_KEYS = 10_000


class Attempts:
    """The wrong attempts of the last minutes, by where they came from."""

    def __init__(self, most: int = MOST, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds, self.clock = most, seconds, clock
        self._failed: dict[Hashable, deque[float]] = {}
        self._lock = threading.Lock()

    def are_used_up(self, key: Hashable) -> bool:
        """Return whether there were too many wrong attempts."""
        return self._count(key) >= self.most

    def are_hopeless(self, key: Hashable) -> bool:
        """Return whether there were so many that not even the right code may be looked at."""
        return self._count(key) >= self.most * FACTOR

    def _count(self, key: Hashable) -> int:
        with self._lock:
            return len(self._recent(key))

    def count(self, key: Hashable) -> None:
        """Count a wrong attempt."""
        with self._lock:
            if len(self._failed) >= MAX_KEYS and key not in self._failed:
                del self._failed[next(iter(self._failed))]  # the one that was counted first
            self._failed.setdefault(key, deque(maxlen=self.most * FACTOR)).append(self.clock())

    def _recent(self, key: Hashable) -> deque[float]:
        times = self._failed.get(key, deque())
        while times and times[0] < self.clock() - self.seconds:
            times.popleft()
        return times
