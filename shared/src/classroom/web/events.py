"""Live events: an event says which part of a page has changed; the browser then fetches that part again.

A short part may be sent along, in an event of the type `part`: its HTML follows the name, on lines of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

GAP_SECONDS = 0.05  # between two batches of events to a page: an app may print a thousand lines in a moment


class _Subscriber:
    """One open page: the parts it has not been told of yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.parts: dict[str, None] = {}  # in order, each once
        self.wake = asyncio.Event()

    def tell(self, parts: dict[str, None]) -> None:
        if not self.parts:
            self.loop.call_soon_threadsafe(self.wake.set)
        self.parts.update(parts)


class Broadcast:
    """Tells every open page which parts have changed; `publish` may be called in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: dict[str, set[_Subscriber]] = {}  # by their prefix: many pages have the same one
        self._editions: dict[str, object] = {}
        self._closed = False

    def edition(self, owner: str) -> object:
        """Return an object that is replaced whenever one of an owner's parts changes; a part's name is OWNER/WORD."""
        return self._editions.get(owner)

    def publish(self, *parts: str) -> None:
        """Tell all pages that these parts have changed."""
        with self._lock:
            self._editions.update(dict.fromkeys((part.rpartition("/")[0] for part in parts), object()))
            for prefix, subscribers in self._subscribers.items():
                own = dict.fromkeys(part for part in parts if part.startswith(prefix))
                for subscriber in subscribers if own else ():
                    subscriber.tell(own)

    def close(self) -> None:
        """End the events of all pages."""
        with self._lock:
            self._closed = True
            for subscriber in itertools.chain(*self._subscribers.values()):
                subscriber.loop.call_soon_threadsafe(subscriber.wake.set)

    async def subscribe(self, prefix: str = "", gap: float = GAP_SECONDS) -> AsyncGenerator[str, None]:
        """Yield the name of each part that changes from now on and begins like this, until the broadcast is closed.

        Args:
            prefix: how the names begin.
            gap: seconds between two batches; what changes in the meantime is told once.
        """
        subscriber = _Subscriber(asyncio.get_running_loop())
        with self._lock:
            self._subscribers.setdefault(prefix, set()).add(subscriber)
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
                self._subscribers[prefix].discard(subscriber)
                if not self._subscribers[prefix]:
                    del self._subscribers[prefix]
