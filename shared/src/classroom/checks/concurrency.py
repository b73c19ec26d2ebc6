"""Concurrency in checks: a call in the background, and a wait for a condition."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
PAUSE = 0.005  # seconds between the first looks at a condition
MORE = 0.1  # of the time waited so far is added, so that a long wait leaves the processor to what it waits for


def wait_until(condition: Callable[[], object], seconds: float) -> bool:
    """Return True as soon as the condition holds, or False when it still does not hold after this many seconds."""
    start = time.monotonic()
    while not (holds := condition()) and (waited := time.monotonic() - start) < seconds:
        time.sleep(PAUSE + MORE * waited)
    return bool(holds)


class BackgroundCall(Generic[T]):
    """A call in its own thread, started when this object is created.

    Attributes:
        error: the exception that the call ended with, or None.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        self.error: Exception | None = None
        self._outcome: T | None = None
        self._thread = threading.Thread(target=self._run, args=(call,))
        self._thread.start()

    def _run(self, call: Callable[[], T]) -> None:
        try:
            self._outcome = call()
        except Exception as error:  # noqa: BLE001 - raised again by `result`
            self.error = error

    @property
    def done(self) -> bool:
        """Whether the call has finished, with a result or an exception."""
        return not self._thread.is_alive()

    def wait(self) -> None:
        """Wait for the call to end, and raise nothing."""
        self._thread.join()

    def result(self) -> T:
        """Wait for the call, and return its result or raise its exception."""
        self.wait()
        if self.error:
            raise self.error
        return cast("T", self._outcome)

    def result_or_none(self) -> T | None:
        """Wait for the call, and return its result, or None if it raised an exception."""
        self.wait()
        return self._outcome
