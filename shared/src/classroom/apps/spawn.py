"""Launcher for systems where no process can be forked, such as Windows: one fresh interpreter for each app."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from classroom.apps.forked import LONGEST_REPORT, parse_report
from classroom.apps.inside.messages import TERMINATE
from classroom.apps.launcher import FORK_SERVER
from classroom.core.load import under_load
from classroom.core.processes import clean_environment, end_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.apps.endpoint import Endpoint
    from classroom.apps.inside.messages import Report, SpawnMessage, StartRequest

LOOK_SECONDS = 0.1  # until an interpreter that has not reported yet is looked at again


class SpawnedInstance:
    """One fresh interpreter: it loads the libraries first, and becomes an app when it is sent a request."""

    def __init__(self, libraries: Sequence[str]) -> None:
        self.output, output = os.pipe()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(FORK_SERVER), "single", *libraries],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                text=True,
                env=clean_environment(),
            )
        finally:
            os.close(output)
        self._status: socket.socket | None = None
        self._app: socket.socket | None = None
        self._endpoint: Endpoint | None = None

    def begin(self, request: StartRequest, endpoint: Endpoint) -> None:
        """Become the app that is asked for; it chooses its own port, which its report puts into the endpoint."""
        self._endpoint = endpoint
        self._status = socket.create_server(("127.0.0.1", 0))
        message: SpawnMessage = {"request": request, "status_port": self._status.getsockname()[1]}
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()

    def wait(self, seconds: float) -> Report:
        """Wait for the next report.

        Raises:
            TimeoutError: there was no report in time.
        """
        report: Report = {}
        self._app = self._app or self._accept(seconds)
        if self._app is not None:
            with contextlib.suppress(ConnectionError):
                self._app.settimeout(under_load(seconds))
                report = parse_report(self._app.makefile("rb").readline(LONGEST_REPORT))
        if self._endpoint is not None and "exit" not in report:
            self._endpoint.address = ("127.0.0.1", report.get("port", 0))
        return report

    def _accept(self, seconds: float) -> socket.socket | None:
        """Return the connection for the reports; None if the process exited without one."""
        assert self._status is not None
        began = time.monotonic()
        self._status.settimeout(LOOK_SECONDS)
        while True:
            alive = self.alive()
            try:
                return self._status.accept()[0]
            except TimeoutError:
                if not alive:
                    return None
                if time.monotonic() > began + under_load(seconds):
                    raise

    def terminate(self) -> None:
        """Ask the app to send itself SIGTERM."""
        if self._app is not None:
            with contextlib.suppress(OSError):
                self._app.sendall(TERMINATE)

    def alive(self) -> bool:
        """Return whether the process is still running."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End the process with everything that it started."""
        end_tree(self.process)
        for end in (self._status, self._app):
            if end is not None:
                end.close()


class SpawnLauncher:
    """Starts each app in a fresh interpreter; the next one loads its libraries ahead."""

    sandbox = "none"

    def __init__(self, libraries: Sequence[str]) -> None:
        self.libraries = [*libraries]
        self.instances: list[SpawnedInstance] = []
        self.spare = SpawnedInstance(self.libraries)

    def environment(self) -> dict[str, str]:
        """Return this process's own environment, cleaned."""
        return clean_environment()

    def start(self, request: StartRequest, endpoint: Endpoint) -> SpawnedInstance:
        """Start one app in the spare interpreter, and start a new spare for the next app."""
        instance, self.spare = self.spare, SpawnedInstance(self.libraries)
        self.instances = [known for known in self.instances if known.alive()]
        self.instances.append(instance)
        instance.begin(request, endpoint)
        return instance

    def gone(self) -> bool:
        """Return False: each app is its own process, which this one has started."""
        return False

    def is_exhausted(self) -> bool:
        """Return False: without a sandbox, apps are not limited together."""
        return False

    def reset(self) -> None:
        """End every app."""
        while self.instances:
            self.instances.pop().kill()

    def close(self) -> None:
        """End every app, and the interpreter that was ready for the next one."""
        self.reset()
        self.spare.kill()
        os.close(self.spare.output)
