"""A load: requests that are sent on schedule, whether or not the ones before have been answered."""

from __future__ import annotations

import asyncio
import threading
import time

from classroom.student.load.figures import UNSENT, Figures, Outcome, Outcomes
from classroom.student.load.request import NoResponseError
from classroom.student.load.visitors import Step, Taken, Visitors

LOWEST, HIGHEST = 1.0, 500.0  # requests a second
SECONDS = 5.0  # for a response, from the moment the request is due
AT_ONCE = 200  # connections; a request that waits for one is late, and its time counts
TICK = 0.05
JOIN_SECONDS = SECONDS + 5


class Load:
    """Readers and writers of a site, in their own thread; all methods may be called from any thread.

    The model is open: each request is due 1/rate seconds after the one before, and its latency counts from there. A site
    that falls behind does not slow the visitors down, so a slow second shows in p95 as it would to its users.

    Args:
        address: of the site, such as `http://127.0.0.1:8000`.
        rate: requests a second, 1 to 500.
        writers: the share of requests that change something, 0 to 1.

    Attributes:
        prepared: set as soon as the first videos are there, and requests are sent.
    """

    def __init__(self, address: str, rate: float, writers: float = 0.1) -> None:
        self.rate = self.writers = 0.0
        self.change(rate=rate, writers=writers)
        self.visitors = Visitors(address.rstrip("/"))
        self._outcomes = Outcomes()
        self._thread: threading.Thread | None = None
        self._stopping, self.prepared = threading.Event(), threading.Event()
        self._waiting = 0

    @property
    def running(self) -> bool:
        """Return whether requests are being sent."""
        return self._thread is not None and self._thread.is_alive() and not self._stopping.is_set()

    def change(self, rate: float | None = None, writers: float | None = None) -> None:
        """Change the rate or the share of writers, also while requests are being sent; both are kept within limits."""
        if rate is not None:
            self.rate = min(HIGHEST, max(LOWEST, rate))
        if writers is not None:
            self.writers = min(1.0, max(0.0, writers))

    def start(self, *, prepare: bool = True) -> None:
        """Begin to send requests; nothing happens if it has begun already.

        Args:
            prepare: whether to upload some videos first, if the site has none of its own yet; these are not counted.
        """
        if self.running:
            return
        self.stop()
        self._stopping.clear()
        self.prepared.clear()
        self._outcomes = Outcomes()
        self._thread = threading.Thread(target=self._run, args=(prepare,), name="load", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send no more requests, and return when those in flight have finished, in 5 seconds at most."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
            self._thread = None

    def clear(self) -> None:
        """Stop, and delete the videos that the writers have left behind, as far as the site is able to."""
        self.stop()
        asyncio.run(self.visitors.clear())

    def figures(self, seconds: float | None = 1.0) -> Figures:
        """Return the figures of the last seconds, or of everything since the start."""
        return self._outcomes.figures(seconds, self._waiting)

    def _run(self, prepare: bool) -> None:
        asyncio.run(self._drive(prepare))

    async def _drive(self, prepare: bool) -> None:
        if prepare:
            await self.visitors.prepare()
        self.prepared.set()
        places, tasks = asyncio.Semaphore(AT_ONCE), set()
        last = self._outcomes.began = time.monotonic()
        while not self._stopping.is_set():
            while (due := last + 1 / self.rate) <= time.monotonic():
                self._waiting += 1
                task = asyncio.create_task(self._send(self.visitors.next_step(self.writers), due, places))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                last = due
            await asyncio.sleep(min(TICK, max(0.0, due - time.monotonic())))
        await asyncio.gather(*tasks)
        self._outcomes.ended = time.monotonic()

    async def _send(self, step: Step, due: float, places: asyncio.Semaphore) -> None:
        """Take a step that is due, and then the one for the storage server that it leads to, which has no schedule."""
        try:
            async with asyncio.timeout_at(due + SECONDS):
                await places.acquire()
        except TimeoutError:
            self._outcomes.add(Outcome(time.monotonic(), step.kind, SECONDS, UNSENT))
            self._waiting -= 1
            return
        try:
            file = await self._take(step, due)
        finally:
            places.release()
            self._waiting -= 1
        if file is not None:
            await self._take(file, time.monotonic(), to_storage=True)

    async def _take(self, step: Step, due: float, *, to_storage: bool = False) -> Step | None:
        """Take a step, and note how it ended; return what follows."""
        taken = Taken(None)
        seconds: float | None = None
        try:
            # The event loop's clock is time.monotonic.
            async with asyncio.timeout_at(due + SECONDS):
                taken = await step.take()
            seconds = time.monotonic() - due
        except TimeoutError:
            seconds, taken = SECONDS, Taken(f"no response within {SECONDS:g} s")
        except NoResponseError as problem:
            taken = Taken(str(problem))
        self._outcomes.add(Outcome(time.monotonic(), step.kind, seconds, taken.error), to_storage=to_storage)
        return taken.file if taken.error is None else None
