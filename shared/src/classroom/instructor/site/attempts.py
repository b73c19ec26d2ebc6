"""Limit on wrong secrets: after a number of them, no further one is looked at for a while."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MOST = 50  # a lab room may have one address, and someone in it may mistype
SECONDS = 600
MAX_KEYS = 10_000


class Attempts:
    """The wrong attempts of the last minutes, by where they came from."""

    def __init__(self, most: int = MOST, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds, self.clock = most, seconds, clock
        self._failed: dict[Hashable, deque[float]] = {}
        self._lock = threading.Lock()

    def are_used_up(self, key: Hashable) -> bool:
        """Return whether this one has to wait."""
        with self._lock:
            return len(self._recent(key)) >= self.most

    def count(self, key: Hashable) -> None:
        """Count a wrong attempt."""
        with self._lock:
            if len(self._failed) >= MAX_KEYS and key not in self._failed:
                del self._failed[next(iter(self._failed))]  # the one that was counted first
            self._failed.setdefault(key, deque(maxlen=self.most)).append(self.clock())

    def _recent(self, key: Hashable) -> deque[float]:
        times = self._failed.get(key, deque())
        while times and times[0] < self.clock() - self.seconds:
            times.popleft()
        return times
