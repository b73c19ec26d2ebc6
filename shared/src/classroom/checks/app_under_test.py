"""What a check works with: the app that is kept running, the submission's files, calls at the same time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.apps.app import App, NotStarted
from classroom.apps.exchange import Failure
from classroom.core.load import under_load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from classroom.apps.exchange import Answer, Exchange
    from classroom.checks.run import Run

TEXT_LIMIT = 1_000_000


def together(*calls: Callable[[], Answer]) -> list[Answer]:
    """Make these calls at the same time, each in a thread; return their answers in the same order.

    Raises:
        Exception: the first error that one of them met.
    """
    found: list[Any] = [None] * len(calls)

    def call(index: int) -> None:
        try:
            found[index] = calls[index]()
        except Exception as error:  # noqa: BLE001 - handed to the caller
            found[index] = error

    threads = [threading.Thread(target=call, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in found:
        if isinstance(one, Exception):
            raise one
    return found


class AppUnderTest:
    """The app under test: started on first use, and again after a crash, up to `limits.restarts` times."""

    def __init__(self, run: Run, app: App, given: Mapping[str, str]) -> None:
        self.run = run
        self.app = app
        self.app.given = dict(given)
        self.losses = 0
        self.ended_on_purpose = False

    @property
    def given(self) -> dict[str, str]:
        """The course's files that stand in for the submission's own at this start."""
        return self.app.given

    @property
    def address(self) -> Any:
        """Where the app listens."""
        return self.app.address

    @property
    def seconds(self) -> float:
        """Seconds for the next answer."""
        return min(under_load(self.app.seconds), self.run.seconds_left())

    def note(self, exchange: Exchange) -> None:
        """Write a request down before it is made."""
        self.app.note(exchange)
        self.run.exchanges.append(exchange)

    def lost(self, exchange: Exchange) -> None:
        """A request got no answer."""
        self.app.lost(exchange)

    def ready(self) -> None:
        """See that the app is there: start it, or start it anew after it was lost.

        Raises:
            NotStarted: it does not start.
            Failure: it was lost too often, or the time of the whole run is gone.
        """
        limits = self.run.assignment.limits
        if self.run.used_up:
            raise Failure(
                f"The time for the whole run ({self.run.patience.of(limits.total_s):g} s) was used up before this check."
            )
        if self.app.failure:
            raise NotStarted(self.app.failure)
        if self.app.healthy and self.app.alive():
            return
        if self.app.starts and not self.ended_on_purpose:
            self.losses += 1
        self.ended_on_purpose = False
        if self.losses > limits.restarts:
            raise Failure(f"The app had to be started anew more than {limits.restarts} times.")
        self.app.start()

    def start(self) -> None:
        """Start the app where it is not running."""
        self.ready()

    def stop(self) -> None:
        """Stop it, hard; that it has to be started again is then no loss."""
        self.ended_on_purpose = self.ended_on_purpose or (self.app.healthy and self.app.alive())
        self.app.stop()

    def restart(self, given: Mapping[str, str] | None = None) -> None:
        """Stop it, hard, and start it again; `given` files stand in from now on."""
        if self.app.failure and given is None:
            raise NotStarted(self.app.failure)
        self.app.restart(given)


class Files:
    """The submission's files, read as text."""

    def __init__(self, run: Run) -> None:
        assert run.job is not None
        self.run = run
        self.folder = run.job.folder

    def read(self, path: str) -> str:
        """A file's text.

        Raises:
            Failure: it is missing, too long, or no text.
        """
        self.run.touched = True
        place = Path(self.folder, path)
        try:
            data = place.read_bytes() if place.stat().st_size <= TEXT_LIMIT else None
        except OSError:
            raise Failure(f"There is no file {path} in the submission.") from None
        if data is None:
            raise Failure(f"{path} is longer than {TEXT_LIMIT // 1_000_000} MB.")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Failure(f"{path} is no text in UTF-8.") from None
