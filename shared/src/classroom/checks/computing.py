"""Limit on what a check computes itself: a response must not keep it busy for minutes."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

from classroom.apps.exchange import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

AGAIN_SECONDS = 1.0  # a check may catch the first Failure


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise a Failure in the block once this process has computed for this long; waiting does not count.

    There is no limit on Windows, nor in other threads than the main one.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(*_: object) -> None:
        raise Failure(f"After {seconds:g} s of computing, this check was still not done with what the app returned.")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
