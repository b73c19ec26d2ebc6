"""What checks work with: the running app, the submission's files, and concurrent calls."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.apps.app import App, NotStarted
from classroom.apps.exchange import SITE_PORT, Failure
from classroom.checks.causes.cause import error_cause
from classroom.core.load import under_load
from classroom.services.postgres.script import ScriptFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from classroom.apps.exchange import Answer, Exchange
    from classroom.checks.run import Run

TEXT_LIMIT = 1_000_000
MAX_RECEIVED = 100_000_000  # bytes of the responses in one check, many times more than those of a correct app


def together(*calls: Callable[[], Answer]) -> list[Answer]:
    """Make these calls at the same time, each in a thread, and return their responses in the same order.

    Raises:
        Exception: the error of the first call, in this order, that failed.
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
    for answer in found:
        if isinstance(answer, Exception):
            raise answer
    return found


class AppUnderTest:
    """The app under test: started on first use, and again after a crash, up to `limits.restarts` times."""

    def __init__(self, run: Run, app: App, given: Mapping[str, str]) -> None:
        self.run = run
        self.app = app
        self.app.given = dict(given)
        self.losses = 0
        self.ended_on_purpose = False
        self.port = SITE_PORT
        self.variables: Mapping[str, str | None] = {}

    @property
    def given(self) -> dict[str, str]:
        """Return the course files that replace the submission's own, by path."""
        return self.app.given

    @property
    def address(self) -> Any:
        """Return where the app listens."""
        return self.app.address

    @property
    def seconds(self) -> float:
        """Return the time limit of the next request, in seconds."""
        return min(under_load(self.app.seconds), self.run.seconds_left())

    def note(self, exchange: Exchange) -> None:
        """Record a request before it is sent.

        Raises:
            Failure: the responses so far are too large together: a check may keep all of them.
        """
        if self.run.trail.received > MAX_RECEIVED:
            raise Failure(f"The responses in this check have more than {MAX_RECEIVED // 1_000_000} MB in total.")
        self.app.note(exchange)
        exchange.port, exchange.given, exchange.variables = self.port, self.app.given, self.variables
        self.run.exchanges.append(exchange)
        self.run.trail.sent(exchange)

    def lost(self, exchange: Exchange) -> None:
        """Record that a request got no response."""
        self.app.lost(exchange)

    @property
    def printed(self) -> int:
        """Return how many bytes it has printed since its last start."""
        return self.app.output.total if self.app.output else 0

    def error(self, since: int = 0) -> str | None:
        """Return the cause of the first error that it has printed since its last start, with its file and line, or None.

        Args:
            since: how many bytes it had printed when the check began; an error before that is not meant.
        """
        output, job = self.app.output, self.run.job
        return error_cause(output.since(since), job.folder) if output and job else None

    def ready(self) -> None:
        """Start the app unless it is running.

        Raises:
            NotStarted: it does not start.
            Failure: it crashed too often, or the time limit of the run is reached.
        """
        limits = self.run.assignment.limits
        if self.run.used_up:
            raise Failure(
                f"The time limit for the whole run ({self.run.patience.of(limits.total_s):g} s) was reached before this check."
            )
        if self.app.failure:
            raise NotStarted(self.app.failure)
        if self.app.healthy and self.app.alive():
            return
        if self.app.starts and not self.ended_on_purpose:
            self.losses += 1
        self.ended_on_purpose = False
        if self.losses > limits.restarts:
            raise Failure(f"The app had to be restarted more than {limits.restarts} times.")
        self.app.start()

    def start(self) -> None:
        """Start the app unless it is running."""
        self.ready()

    def stop(self) -> None:
        """Kill the app; the next start does not count as a restart after a crash."""
        self.ended_on_purpose = self.ended_on_purpose or (self.app.healthy and self.app.alive())
        self.app.stop()

    def restart(self, given: Mapping[str, str] | None = None) -> None:
        """Kill the app and start it again; `given` files replace the submission's own from now on."""
        if self.app.failure and given is None:
            raise NotStarted(self.app.failure)
        self.app.restart(given)


class Files:
    """The text files of the submission."""

    def __init__(self, run: Run) -> None:
        assert run.job is not None
        self.run = run
        self.folder = run.job.folder

    def read(self, path: str) -> str:
        """Return the text of a file.

        Raises:
            Failure: the file is missing, larger than 1 MB, or not UTF-8 text.
        """
        self.run.touched = True
        file = Path(self.folder, path)
        try:
            data = file.read_bytes() if file.stat().st_size <= TEXT_LIMIT else None
        except OSError:
            raise Failure(f"The submission has no file {path}.") from None
        if path.endswith(".sql"):
            self.run.ran = True  # checks read such a file in order to run it
        if data is None:
            raise Failure(f"{path} is larger than {TEXT_LIMIT // 1_000_000} MB.")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Failure(f"{path} is not UTF-8 text.") from None
        return ScriptFile(text, path, self.run.script_failures) if path.endswith(".sql") else text
