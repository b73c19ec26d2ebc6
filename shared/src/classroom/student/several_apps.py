"""Run several apps side by side in the foreground, each with reload and its own database, with one cache for all."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from classroom.core.ports import HOST
from classroom.core.processes import clean_environment, end_tree, popen_for_lines
from classroom.services.cache import Cache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from classroom.core.assignment import Assignment

AWAY_SECONDS = 10.0  # until an app that was killed is started again
LOOK_SECONDS = 0.2
SERVER = ("-m", "classroom.student.dev_server")
END_SECONDS = 5


@dataclass
class RunningPart:
    """An app while it runs, or until it is started again.

    Attributes:
        due: when to start it again, by the monotonic clock.
    """

    name: str
    port: int
    process: subprocess.Popen[str]
    due: float | None = None


class SeveralApps:
    """The apps of an assignment, each on the port after the previous one's.

    Args:
        assignment: what names them.
        folder: the folder that contains `app/`.
        port: of the first app.
        databases: the environment variables of each app's database, by the app's name.
        show: called with an app's name and each line that it prints, from a thread per app.
    """

    def __init__(
        self,
        assignment: Assignment,
        folder: Path,
        port: int,
        databases: Mapping[str, Mapping[str, str]],
        show: Callable[[str, str], None],
    ) -> None:
        self.assignment, self.folder, self.show = assignment, folder, show
        self.ports = {name: port + number for number, name in enumerate(assignment.apps)}
        self.databases = databases
        self.cache = Cache() if "cache" in assignment.services else None
        self.parts: dict[str, RunningPart] = {}

    def __enter__(self) -> Self:
        """Start the cache and every app, without waiting for them."""
        if self.cache:
            self.cache.start()
        for name in self.assignment.apps:
            self._begin(name)
        return self

    def __exit__(self, *_: object) -> None:
        """End every app, then the cache."""
        for part in self.parts.values():
            part.process.terminate()
        for part in self.parts.values():
            with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
                part.process.wait(END_SECONDS)
            end_tree(part.process)
        if self.cache:
            self.cache.close()

    def look(self, log: Callable[[str], None]) -> None:
        """Note which apps have ended, and start those again that have been away long enough."""
        now = time.monotonic()
        for part in list(self.parts.values()):
            if part.due is None and part.process.poll() is not None:
                part.due = now + AWAY_SECONDS
                log(f"{part.name} has stopped. It will be restarted in {AWAY_SECONDS:g} seconds.")
            elif part.due is not None and now >= part.due:
                self._begin(part.name)
                log(f"{part.name} has been restarted: process {self.parts[part.name].process.pid}.")

    def _begin(self, name: str) -> None:
        command = [
            sys.executable,
            *SERVER,
            "--app",
            f"{self.assignment.apps[name]}:app",
            "--port",
            str(self.ports[name]),
            "--end-when-killed",
        ]
        command += [word for part in self.assignment.student_files for word in ("--reload-dir", part)]
        cache = {"CACHE_URL": self.cache.url} if self.cache else {}
        process = popen_for_lines(command, self.folder, {**clean_environment(), **self.databases[name], **cache})
        self.parts[name] = RunningPart(name, self.ports[name], process)
        threading.Thread(target=self._listen, args=(name, process), daemon=True).start()

    def _listen(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with contextlib.suppress(ValueError, OSError), process.stdout:
            for line in process.stdout:
                self.show(name, line.rstrip("\r\n"))


def run_apps(apps: SeveralApps, log: Callable[[str], None]) -> int:
    """Run apps side by side until Ctrl-C, and return 0."""
    with contextlib.suppress(KeyboardInterrupt), apps:
        for part in apps.parts.values():
            log(f"Open http://{HOST}:{part.port}/docs for {part.name} (process {part.process.pid}).")
        log("Press Ctrl-C to stop.")
        while True:
            apps.look(log)
            time.sleep(LOOK_SECONDS)
    return 0
