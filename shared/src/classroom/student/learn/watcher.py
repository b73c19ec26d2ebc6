"""The live result of a week: a thread checks it again at each save."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.student.workspace import last_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result

END_SECONDS = 15
LONG_SECONDS, SLOW_SECONDS = 3, 15  # from when on the page says what is going on, and why it may take so long
BUG = "The checks stopped because of a bug in the course's kit, not in your code: {error}"


class Watcher:
    """Checks one week now and after each save, once it is started.

    Args:
        assignment: the week.
        changed: called, in another thread, when one of the attributes has changed.

    Attributes:
        result: the last check's result, which may be from an earlier day; None if there was no check.
        before: the result of the check before it.
        checking: whether a check is running.
        task: the number of the task that is being checked, once that is known.
        checked_at: the time of the last check since the start, or None.
        trouble: why no check can be run, or None.
    """

    def __init__(self, assignment: Assignment, changed: Callable[[], None]) -> None:
        self.assignment = assignment
        self.result: Result | None = last_result(assignment)
        self.before: Result | None = None
        self.checking = False
        self.task: int | None = None
        self.checked_at: datetime | None = None
        self.trouble: str | None = None
        self._changed = changed
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._began = 0.0
        self._timers: list[threading.Timer] = []

    @property
    def seconds(self) -> int:
        """Return for how many seconds the check has been running; 0 if none is."""
        return int(time.monotonic() - self._began) if self.checking and self._began else 0

    def start(self) -> None:
        """Begin, unless it has begun already; begin again after trouble."""
        with self._lock:
            if self._stop.is_set() or (self._thread and self._thread.is_alive()):
                return
            self.trouble, self.checking = None, True
            self._thread = threading.Thread(target=self._run, name="watcher")
            self._thread.start()

    def stop(self) -> None:
        """Begin to stop, also in the middle of a check."""
        self._stop.set()

    def close(self) -> None:
        """Stop, and wait until everything has stopped."""
        self.stop()
        if self._thread:
            self._thread.join(END_SECONDS)

    def _run(self) -> None:
        from classroom.student.watching import watch

        try:
            watch(self.assignment, self._show, begin=self._begin, reached=self._reach, stop=self._stop)
        except ClassroomError as error:
            self.trouble = str(error)
        except Exception as error:  # noqa: BLE001 - the page says it, and stays open
            self.trouble = BUG.format(error=f"{type(error).__name__}: {error}")
        self._end()
        self._changed()

    def _begin(self) -> None:
        self._end()  # of a check that was given up
        self.checking, self.task, self._began = True, None, time.monotonic()
        self._changed()
        self._timers = [threading.Timer(seconds, self._changed) for seconds in (LONG_SECONDS, SLOW_SECONDS)]
        for timer in self._timers:
            timer.daemon = True
            timer.start()

    def _reach(self, task: int) -> None:
        if task != self.task:
            self.task = task
            if self.seconds >= LONG_SECONDS:
                self._changed()

    def _end(self) -> None:
        self.checking = False
        for timer in self._timers:
            timer.cancel()

    def _show(self, result: Result, before: Result | None) -> None:
        self._end()
        self.result, self.before, self.checked_at = result, before, datetime.now().astimezone()
        self._changed()
