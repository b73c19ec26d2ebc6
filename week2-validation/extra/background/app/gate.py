"""The gate of the pigeon loft (provided). While it is closed, no pigeon leaves: try it out with PUT /gate/closed.

It makes visible what is going on at the same time, because everything that takes time waits here.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

LIMIT = 4  # seconds that something waits at most
TICK = 0.01


class Gate:
    """A gate that is open at first, and knows who is waiting at it."""

    def __init__(self) -> None:
        self.is_open = True
        self.waiting: list[str] = []

    def pass_through(self, who: str) -> None:
        """Wait until the gate is open, and block the thread in the meantime."""
        with self._noted(who):
            end = time.monotonic() + LIMIT
            while not self.is_open and time.monotonic() < end:
                time.sleep(TICK)

    async def pass_through_async(self, who: str) -> None:
        """Wait until the gate is open, and let others work in the meantime."""
        with self._noted(who):
            end = time.monotonic() + LIMIT
            while not self.is_open and time.monotonic() < end:  # noqa: ASYNC110 - an event belongs to one loop
                await asyncio.sleep(TICK)

    @contextmanager
    def _noted(self, who: str) -> Iterator[None]:
        self.waiting.append(who)
        try:
            yield
        finally:
            self.waiting.remove(who)


gate = Gate()
