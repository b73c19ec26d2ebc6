"""An instance of the app as a container's runtime has it: its own environment, and SIGTERM at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from classroom.apps.app import NotStarted
from classroom.apps.client import Client
from classroom.apps.exchange import Failure
from classroom.checks.by_hand.trail import Act

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classroom.apps.terminable import TerminableApp
    from classroom.checks.app_under_test import AppUnderTest

RUNNING = "The app is still running {seconds:g} s after SIGTERM{setting}. Docker kills an app after 10 s."
CRASHED = "After SIGTERM, the app did not shut down: it stopped with an error.\n{error}"
ENDED = "After SIGTERM, the app ended at once, without shutting down."
STATUS = "After SIGTERM, the app ended with exit status {status}, expected 0."


class Container:
    """One instance of the app with its own environment.

    Args:
        app: the instance.
        running: the same, as checks use it.
        variables: what its environment differs in from that of the app.

    Attributes:
        client: sends requests to it.
    """

    def __init__(self, app: TerminableApp, running: AppUnderTest, variables: Mapping[str, str | None]) -> None:
        self.app = app
        self.running = running
        self.variables = dict(variables)
        self.running.variables = self.variables
        self.client = Client(running)

    def start(self) -> None:
        """Start it.

        Raises:
            Failure: it does not start, although the app starts in its usual environment.
        """
        try:
            self.running.ready()
        except NotStarted as error:
            raise Failure(f"{self._difference()}, the app does not start.\n{error}") from None

    def _difference(self) -> str:
        """Return what is special about the environment, in words."""
        words = [f"{name}={value}" if value is not None else f"no {name}" for name, value in self.variables.items()]
        return f"With {' and '.join(words)}" if words else "When it is started again"

    def terminate(self) -> None:
        """Send it SIGTERM, and do not wait for its end."""
        self.running.run.trail.act(Act.SIGNAL)
        self.app.terminate()

    def shuts_down(self, seconds: float, setting: str = "") -> None:
        """Expect that it ends with exit status 0 after SIGTERM.

        Args:
            seconds: how long it may take, on a machine that is not busy.
            setting: what the app was told about its end, for the sentence, such as "with DRAIN_SECONDS=0".

        Raises:
            Failure: it is still running, was ended by an error, or has another exit status.
        """
        try:
            report = self.app.ended(seconds)
        except TimeoutError:
            self.app.stop()
            self._fail(RUNNING.format(seconds=seconds, setting=f", {setting}" if setting else ""))
        if "failed" in report:
            self._fail(CRASHED.format(error=report["failed"]))
        if "exit" not in report:
            self._fail(ENDED)
        if report["exit"] != 0:
            self._fail(STATUS.format(status=report["exit"]))

    def _fail(self, sentence: str) -> NoReturn:
        """Fail with a sentence, after the cause of the first error that the app has printed, if there is one."""
        cause = self.running.error()
        raise Failure("\n".join([*([cause] if cause else []), sentence]))
