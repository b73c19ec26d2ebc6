"""Measures a running system once a second, and notes what happens to it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from classroom.core.errors import CouldNotCheck
from classroom.services.postgres.errors import DatabaseError
from classroom.student.control_room.samples import KEPT_SECONDS, Event, Sample, followed

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.student.control_room.controls import Controls
    from classroom.student.load import Counts, Parts

PAUSE = 1.0
MOST_EVENTS = 50


class Entry(NamedTuple):
    """A line of the log: an event, and what followed it."""

    event: Event
    followed: str


class Recorder:
    """Takes a sample each second, in its own thread.

    Args:
        parts: what the parts of the system count.
        changed: called after each sample.
    """

    def __init__(self, parts: Parts, changed: Callable[[], None]) -> None:
        self.controls: Controls | None = None
        self._parts, self._changed = parts, changed
        self._samples: deque[Sample] = deque(maxlen=KEPT_SECONDS + 10)
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._before: tuple[float, Counts] | None = None
        self._known: set[str] = set()  # the parts that ran at the last look
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    @property
    def samples(self) -> list[Sample]:
        """Return the samples of the last two minutes, in order."""
        return list(self._samples)

    @property
    def events(self) -> list[Event]:
        """Return the last events, in order."""
        return list(self._events)

    def log(self) -> list[Entry]:
        """Return the last events with what followed each, the newest first."""
        samples, now = self.samples, time.time()
        entries, until = [], now
        for event in reversed(self.events):
            entries.append(Entry(event, followed(event, samples, until, now)))
            until = until if event.by_itself else event.at
        return entries

    def note(self, text: str, *, by_itself: bool = False) -> None:
        """Note that something happens now."""
        self._events.append(Event(time.time(), text, by_itself))

    def start(self, controls: Controls) -> None:
        """Begin to measure the system of these controls."""
        self.controls = controls
        self._thread.start()

    def close(self) -> None:
        """Stop measuring."""
        self._stop.set()
        self._thread.join(PAUSE + 1)

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            # A database that is restarting is no reason to stop: the next second is measured again.
            with contextlib.suppress(CouldNotCheck, DatabaseError, OSError):
                self.take()
            self._changed()
            due = max(due + PAUSE, time.monotonic())
            self._stop.wait(due - time.monotonic())

    def take(self) -> None:
        """Take one sample of what happened since the last one."""
        assert self.controls is not None
        self._notice()
        counts, now = self._parts.count(), time.monotonic()
        if self._before is not None:
            seconds = now - self._before[0]
            load = self.controls.load
            figures = load.figures(seconds) if load else None
            self._samples.append(
                Sample(
                    at=time.time(),
                    seconds=seconds,
                    requests=figures.requests if figures else 0,
                    errors=figures.errors if figures else 0,
                    why=next(iter(figures.errors_by), "") if figures else "",
                    p50=_milliseconds(figures.p50 if figures else None),
                    p95=_milliseconds(figures.p95 if figures else None),
                    counts=_by_name(counts.since(self._before[1])),
                )
            )
        self._before = now, counts

    def _notice(self) -> None:
        """Note which parts have stopped by themselves, or were killed elsewhere."""
        assert self.controls is not None
        system = self.controls.system
        running = set(system.left())
        for name in sorted(self._known - running - set(system.killed())):
            self.note(f"{name} has stopped {system.parts[name].how_it_ended}", by_itself=True)
            self.controls.changed()
        self._known = running


def _by_name(counts: Counts) -> dict[str, int | None]:
    """Return what was counted under the names of the map and the charts."""
    return {
        **counts.requests,
        "site": sum(counts.requests.values()) + counts.refused,
        "primary": counts.primary,
        "replica": counts.replica,
        "hits": counts.hits,
        "misses": counts.misses,
        "storage": counts.storage,
        "jobs": counts.jobs,
    }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds
