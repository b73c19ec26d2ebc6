"""A student's app in its own process, which can be started, restarted and stopped."""

from __future__ import annotations

import shutil
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
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from classroom.apps.endpoint import Address
    from classroom.apps.exchange import Exchange
    from classroom.apps.inside.messages import Report
    from classroom.apps.launcher import Instance, Launcher


class NotStarted(Exception):
    """The app did not start; the message says why, with lines of the student's own code if there are any."""


class NotStartedWith(NotStarted):
    """The app did not start with other course files, although it starts with the usual ones.

    Attributes:
        files: the other files, by path.
    """

    def __init__(self, reason: str, files: Mapping[str, str]) -> None:
        super().__init__(reason)
        self.files = files


class App:
    """One instance of a submission's app.

    Args:
        folder: the submission, which holds `app/main.py`.
        launcher: starts it.
        environment: its environment, in addition to what the launcher gives every app.
        start_s: seconds until it must be ready.
        seconds: seconds for one response.
        limits: limits of the process, by the name of their `RLIMIT_*` constant without the prefix.
        module: the module that holds `app`.
        loopback: whether it listens on a loopback port, the same at each start, instead of a Unix socket.

    Attributes:
        given: files of the course that replace the submission's own, by path.
        output: what the current start has printed.
        healthy: whether it has started, and answered every request since.
        starts: how often it was started.
        failure: why the last start failed, or None.
        on_launch: called before each start.
    """

    terminable = False  # see `TerminableApp`

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
        self.on_launch: Callable[[], None] = lambda: None
        self._instance: Instance | None = None
        self._scratch = ScratchDir("app")
        self._temporary = self._scratch.path / "tmp"
        self._endpoint = Endpoint(self._scratch.path, loopback=loopback)

    @property
    def address(self) -> Address:
        """Where it listens, or listened when it was last started."""
        return self._endpoint.address

    def start(self, given: Mapping[str, str] | None = None) -> None:
        """Start the app and wait until it is ready.

        Args:
            given: files of the course that replace the submission's own, by path; None keeps those of the last start.

        Raises:
            NotStarted: it ended, failed or was not ready in time.
            CouldNotCheck: the launcher has ended, or cannot start anything.
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
            self._raise_if_launcher_is_gone()
            self.stop()
            self.failure = self._why(report, late=late)
            raise NotStarted(self.failure)
        self.failure = None
        self.healthy = True

    def _launch(self, command: Sequence[str] = ()) -> Instance:
        """Start the app, or a program of the submission, without waiting for its report."""
        self.stop()
        self.on_launch()
        self.starts += 1
        request = StartRequest(
            folder=str(self.folder),
            env=self.environment.applied_to({**self.launcher.environment(), **self._temporary_folder()}),
            services=[*self.environment.services],
            logs=[*self.environment.logs],
            given=self._write_given(),
            limits=self.limits,
            module=self.module,
            command=[*command],
            terminable=self.terminable,
        )
        self._instance = self.launcher.start(request, self._endpoint)
        self.output = Output(self._instance.output)
        return self._instance

    def _temporary_folder(self) -> dict[str, str]:
        """Return the variables that give the app a folder for temporary files; in a sandbox it has its own `/tmp`."""
        if self.launcher.sandbox != "none":
            return {}
        self._temporary.mkdir(exist_ok=True)
        return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self._temporary))

    def _write_given(self) -> dict[str, str]:
        """Write the course's files next to the app; return the path of each by its module's name."""
        modules = {}
        for path, text in self.given.items():
            file = self._scratch.path / "given" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            modules[path.removesuffix(".py").replace("/", ".")] = str(file)
        return modules

    def _why(self, report: Report, *, late: bool) -> str:
        if failed := report.get("failed"):
            return str(failed)
        if late:
            why = f"It was not ready within {under_load(self.start_s):g} s: some code runs while the app is being imported."
        else:
            why = "It exited during startup without printing an error."
        printed = self.output.since(0).strip() if self.output else ""
        tail = "\n".join(printed.splitlines()[-12:])[-2000:]
        return f"{why}\n{tail}" if tail else why

    def stop(self) -> None:
        """End the app at once, with everything that it started."""
        self.healthy = False
        instance, self._instance = self._instance, None
        if instance is not None:
            instance.kill()
            shutil.rmtree(self._temporary, ignore_errors=True)  # a killed app has left its files there

    def alive(self) -> bool:
        """Return whether the process is still running."""
        return self._instance is not None and self._instance.alive()

    def restart(self, given: Mapping[str, str] | None = None) -> None:
        """End the app at once and start it again."""
        self.start(given)

    def close(self) -> None:
        """End the app and remove its files."""
        try:
            self.stop()
        finally:
            self._endpoint.close()
            self._scratch.close()

    def note(self, exchange: Exchange) -> None:
        """Record in an exchange which start of the app it belongs to, and where its output begins."""
        exchange.start = self.starts
        if self.output:
            exchange.printed = partial(self.output.since, self.output.total)

    def lost(self, exchange: Exchange) -> None:
        """Note that a request got no response: the app is started again before the next check.

        Does nothing if the app has been restarted since the request was sent.

        Raises:
            CouldNotCheck: the launcher has ended.
        """
        if exchange.start == self.starts:
            self.healthy = False
        self._raise_if_launcher_is_gone()

    def _raise_if_launcher_is_gone(self) -> None:
        """Raise CouldNotCheck where the app exited because its launcher did: that is not the student's fault."""
        if self.launcher.gone():
            raise CouldNotCheck("The process that starts apps has exited, and the app with it. Grade again.")
