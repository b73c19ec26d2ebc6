"""A student's app running as a process of its own: started, awaited, asked, restarted, ended with all it began."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from classroom.apps.endpoint import Endpoint
from classroom.apps.environment import Environment
from classroom.apps.inside.messages import StartRequest
from classroom.apps.output import Output
from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from classroom.apps.endpoint import Address
    from classroom.apps.exchange import Exchange
    from classroom.apps.inside.messages import Report
    from classroom.apps.launcher import Instance, Launcher


class NotStarted(Exception):
    """The app did not start; the text says why, in its writer's own lines."""


class App:
    """One instance of a submission's app.

    Args:
        folder: where `app/main.py` lies.
        launcher: what starts it.
        environment: its environment, in addition to what the launcher gives every app.
        start_s: seconds until it must be ready.
        seconds: seconds for one answer.
        limits: of the process, by the names that `setrlimit` has for them.
        module: where `app` is.
        loopback: whether it listens on a loopback port, the same at each start, instead of a Unix socket.
    """

    def __init__(
        self,
        folder: Path,
        launcher: Launcher,
        *,
        environment: Environment | None = None,
        start_s: float = 10,
        seconds: float = 5,
        limits: Mapping[str, int] | None = None,
        module: str = "app.main",
        loopback: bool = False,
    ) -> None:
        self.module = module
        self.folder = folder
        self.launcher = launcher
        self.environment = environment or Environment()
        self.start_s = start_s
        self.seconds = seconds
        self.limits = dict(limits or {})
        self.given: dict[str, str] = {}
        self.output: Output | None = None
        self.healthy = False
        self.starts = 0
        self.failure: str | None = None
        self._instance: Instance | None = None
        self._room = ScratchDir("app")
        self._endpoint = Endpoint(self._room.path, loopback=loopback)

    @property
    def address(self) -> Address:
        """Where it listens, or listened when it was last started."""
        return self._endpoint.address

    def start(self, given: Mapping[str, str] | None = None) -> None:
        """Start the app and wait until it is ready.

        Args:
            given: files of the course that stand in for the submission's own, by path; the last ones are kept.

        Raises:
            NotStarted: it ended, failed or was not ready in time.
        """
        if given is not None:
            self.given = dict(given)
        instance, late = self._launch(), False
        report: Report = {}
        try:
            report = instance.wait(self.start_s)
        except TimeoutError:
            late = True
        if not report.get("ready"):
            self._blame()
            self._kill()
            self.failure = self._why(report, late=late)
            raise NotStarted(self.failure)
        self.failure = None
        self.healthy = True

    def _launch(self, command: Sequence[str] = ()) -> Instance:
        """Start the app, or a program of the submission, without waiting for its report."""
        self.stop()
        self.starts += 1
        request = StartRequest(
            folder=str(self.folder),
            env=self.launcher.environment() | self.environment.variables(),
            services=[*self.environment.services],
            logs=[*self.environment.logs],
            given=self._lay_given(),
            limits=self.limits,
            module=self.module,
            command=[*command],
        )
        self._instance = self.launcher.start(request, self._endpoint)
        self.output = Output(self._instance.output)
        return self._instance

    def _lay_given(self) -> dict[str, str]:
        """Write the course's files beside the app; return module name to path."""
        modules = {}
        for path, text in self.given.items():
            place = self._room.path / "given" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
            modules[path.removesuffix(".py").replace("/", ".")] = str(place)
        return modules

    def _why(self, report: Report, *, late: bool) -> str:
        if failed := report.get("failed"):
            return str(failed)
        if late:
            why = f"It was not ready within {under_load(self.start_s):g} s: something runs while the app is being imported."
        else:
            why = "It ended while it was being started, without an error of its own."
        printed = self.output.since(0).strip() if self.output else ""
        tail = "\n".join(printed.splitlines()[-12:])[-2000:]
        return f"{why}\n{tail}" if tail else why

    def stop(self) -> None:
        """End the app, hard, with everything that it started."""
        self._kill()

    def alive(self) -> bool:
        """Return whether the process is still running."""
        return self._instance is not None and self._instance.alive()

    def _kill(self) -> None:
        self.healthy = False
        instance, self._instance = self._instance, None
        if instance is not None:
            instance.kill()

    def restart(self, given: Mapping[str, str] | None = None) -> None:
        """Stop hard and start again."""
        self.start(given)

    def close(self) -> None:
        """End the app and remove what was laid out for it."""
        try:
            self.stop()
        finally:
            self._endpoint.close()
            self._room.close()

    def note(self, exchange: Exchange) -> None:
        """Remember which start is asked, and where to find what is printed after this moment."""
        exchange.start = self.starts
        if self.output:
            exchange.printed = partial(self.output.since, self.output.total)

    def lost(self, exchange: Exchange) -> None:
        """A request got no answer: the app is started anew before the next check.

        Where it has been started anew since it was asked, its successor has done nothing wrong.
        """
        if exchange.start == self.starts:
            self.healthy = False
        self._blame()

    def _blame(self) -> None:
        """An app that has gone because its launcher has is no fault of its writer's.

        Raises:
            CouldNotCheck: so it is.
        """
        if self.launcher.gone():
            raise CouldNotCheck("The process that starts apps has ended, and the app with it. Grade once more.")
