"""Live events: an event says only which part of a page has changed; the browser then fetches that part again."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

GAP_SECONDS = 0.05  # between two batches of events to a page: an app may print a thousand lines in a moment


class _Subscriber:
    """One open page: the parts it has not been told of yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop, prefix: str) -> None:
        self.loop = loop
        self.prefix = prefix
        self.parts: dict[str, None] = {}  # in order, each once
        self.wake = asyncio.Event()


class Broadcast:
    """Tells every open page which parts have changed; `publish` may be called in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: set[_Subscriber] = set()
        self._closed = False

    def publish(self, *parts: str) -> None:
        """Tell all pages that these parts have changed."""
        with self._lock:
            for subscriber in self._subscribers:
                own = [part for part in parts if part.startswith(subscriber.prefix)]
                waiting = bool(subscriber.parts)
                subscriber.parts.update(dict.fromkeys(own))
                if own and not waiting:
                    subscriber.loop.call_soon_threadsafe(subscriber.wake.set)

    def close(self) -> None:
        """End the events of all pages."""
        with self._lock:
            self._closed = True
            for subscriber in self._subscribers:
                subscriber.loop.call_soon_threadsafe(subscriber.wake.set)

    async def subscribe(self, prefix: str = "", gap: float = GAP_SECONDS) -> AsyncGenerator[str, None]:
        """Yield the name of each part that changes from now on and begins like this, until the broadcast is closed.

        Args:
            prefix: how the names begin.
            gap: seconds between two batches; what changes in the meantime is told once.
        """
        subscriber = _Subscriber(asyncio.get_running_loop(), prefix)
        with self._lock:
            self._subscribers.add(subscriber)
        try:
            while not self._closed:
                await subscriber.wake.wait()
                subscriber.wake.clear()
                with self._lock:
                    parts, subscriber.parts = subscriber.parts, {}
                for part in parts:
                    yield part
                await asyncio.sleep(gap)
        finally:
            with self._lock:
                self._subscribers.discard(subscriber)
