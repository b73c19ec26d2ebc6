"""A student's app running as a process of its own: started, awaited, asked, restarted, ended with all it began."""

from __future__ import annotations

import itertools
import json
import os
import select
import socket
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from classroom.apps.output import Output
from classroom.apps.spawn import SpawnLauncher
from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.core.scratch import ScratchDir, SocketDir

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from classroom.apps.exchange import Exchange
    from classroom.apps.launcher import Launcher

LOOK_SECONDS = 1.0  # until it is asked again how busy the machine is


class NotStarted(Exception):
    """The app did not start; the text says why, in its writer's own lines."""


class App:
    """One instance of a submission's app.

    Args:
        folder: where `app/main.py` lies.
        launcher: what starts it.
        environment: what it sees, beside the plain basics.
        start_s: seconds until it must be ready.
        seconds: seconds for one answer.
        limits: of the process, by the names that `setrlimit` has for them.
        module: where `app` is.
        loopback: whether it listens on a loopback port, the same at each start, instead of a Unix socket.
    """

    names = itertools.count()

    def __init__(
        self,
        folder: Path,
        launcher: Launcher | SpawnLauncher,
        *,
        environment: Mapping[str, str] | None = None,
        start_s: float = 10,
        seconds: float = 5,
        limits: Mapping[str, int] | None = None,
        module: str = "app.main",
        loopback: bool = False,
    ) -> None:
        self.module = module
        self.loopback = loopback
        self.folder = folder
        self.launcher = launcher
        self.environment = dict(environment or {})
        self.start_s = start_s
        self.seconds = seconds
        self.limits = dict(limits or {})
        self.given: dict[str, str] = {}
        self.address: str | tuple[str, int] = ""
        self.output: Output | None = None
        self.healthy = False
        self.starts = 0
        self.failure: str | None = None
        self._name = ""
        self._status = -1
        self._room = ScratchDir("app")
        self._sockets: SocketDir | None = None

    def start(self, given: Mapping[str, str] | None = None) -> None:
        """Start the app and wait until it is ready.

        Args:
            given: files of the course that stand in for the submission's own, by path; the last ones are kept.

        Raises:
            NotStarted: it ended, failed or was not ready in time.
        """
        self.stop()
        if given is not None:
            self.given = dict(given)
        told = self._order({})
        if not told.get("ready"):
            self._blame()
            self._kill()
            self.failure = self._why(told)
            raise NotStarted(self.failure)
        self.failure = None
        self.healthy = True

    def launch(self, more: dict[str, Any]) -> None:
        """Start what an order says, without waiting for word of it."""
        self.stop()
        self._order(more, wait=False)

    def _order(self, more: dict[str, Any], *, wait: bool = True) -> dict[str, Any]:
        self.starts += 1
        self._name = f"{os.getpid()}-{next(self.names)}"
        order = {
            "folder": str(self.folder),
            "env": self.launcher.environment() | self.environment,
            "services": [name for name in self.environment if name.endswith("_URL")],
            "logs": [name for name in self.environment if name.endswith(("_LOG", "_JOURNAL", "_CLOCK_FILE"))],
            "given": self._lay_given(),
            "limits": self.limits,
            "module": self.module,
            **more,
        }
        if isinstance(self.launcher, SpawnLauncher):
            return self._start_single(self.launcher, order, wait=wait)
        return self._start_forked(self.launcher, order, wait=wait)

    def _start_forked(self, launcher: Launcher, order: dict[str, Any], *, wait: bool) -> dict[str, Any]:
        output, there = os.pipe()
        self._status, tell = os.pipe()
        try:
            with self._listener() as listener:
                launcher.start(self._name, order, listener, there, tell)
        finally:
            os.close(there)
            os.close(tell)
            self.output = Output(output)
        return _told(self._status, self.start_s) if wait else {}

    def _listener(self) -> socket.socket:
        if self.loopback:
            port = self.address[1] if isinstance(self.address, tuple) else 0
            listener = socket.create_server(("127.0.0.1", port), backlog=128)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # see `single` in fork_server.py
            self.address = listener.getsockname()
            return listener
        self._sockets = self._sockets or SocketDir(self._room.path)
        self.address = f"{self._sockets.name}/{self.starts}.sock"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.address)
        listener.listen(128)
        return listener

    def _start_single(self, launcher: SpawnLauncher, order: dict[str, Any], *, wait: bool) -> dict[str, Any]:
        if not wait:
            self.output = Output(launcher.begin(self._name, {**order, "status": 0}))
            return {}
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.output = Output(launcher.begin(self._name, {**order, "status": server.getsockname()[1]}))
            told = launcher.word(self._name, server, self.start_s)
        self.address = ("127.0.0.1", int(told.get("port") or 0))
        return told

    def _lay_given(self) -> dict[str, str]:
        """Write the course's files beside the app; return module name to path."""
        modules = {}
        for path, text in self.given.items():
            place = self._room.path / "given" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
            modules[path.removesuffix(".py").replace("/", ".")] = str(place)
        return modules

    def _why(self, told: dict[str, Any]) -> str:
        printed = self.output.since(0).strip() if self.output else ""
        tail = "\n".join(printed.splitlines()[-12:])[-2000:]
        if told.get("failed"):
            return str(told["failed"])
        if told.get("late"):
            why = f"It was not ready within {under_load(self.start_s):g} s: something runs while the app is being imported."
        else:
            why = "It ended while it was being started, without an error of its own."
        return f"{why}\n{tail}" if tail else why

    def stop(self) -> None:
        """End the app, hard, with everything it began."""
        if self._name:
            self._kill()

    def alive(self) -> bool:
        """Whether the process is still there: it holds the other end of its status pipe."""
        if isinstance(self.launcher, SpawnLauncher):
            return self.launcher.alive(self._name)
        return self._status < 0 or not select.select([self._status], [], [], 0)[0]

    def _kill(self) -> None:
        self.healthy = False
        if self._status >= 0:
            os.close(self._status)
            self._status = -1
        name, self._name = self._name, ""
        self.launcher.kill(name)

    def restart(self, given: Mapping[str, str] | None = None) -> None:
        """Stop hard and start again."""
        self.start(given)

    def close(self) -> None:
        """End the app and remove what was laid out for it."""
        try:
            self.stop()
        finally:
            if self._sockets is not None:
                self._sockets.close()
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


def _told(status: int, seconds: float) -> dict[str, Any]:
    """What the app said on its status pipe: that it is ready, why not, or nothing before it ended."""
    began, data = time.monotonic(), b""
    while b"\n" not in data and len(data) < 65536:  # noqa: PLR2004
        left = began + under_load(seconds) - time.monotonic()
        if left <= 0:
            return {"late": True}
        if not select.select([status], [], [], min(left, LOOK_SECONDS))[0]:
            continue
        if not (more := os.read(status, 65536)):
            break
        data += more
    try:
        told = json.loads(data.partition(b"\n")[0])
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
