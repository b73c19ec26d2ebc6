"""One bubblewrap process with a fork server inside, and the requests that are sent to it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
from typing import TYPE_CHECKING, Any, cast

from classroom.apps.inside.messages import SANDBOX_SETTINGS, SandboxSettings
from classroom.apps.sandbox import bubblewrap
from classroom.apps.sandbox.limits import Watch, children, descendants
from classroom.core.processes import peer_closed, popen_with_pdeathsig

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.apps.inside.messages import Greeting, KillMessage, Reply, StartMessage
    from classroom.apps.sandbox.limits import CpuTime

REPLY_SECONDS, END_SECONDS = 60, 10


class ProcessGone(Exception):
    """The fork server in the sandbox has exited."""


class BubblewrapProcess:
    """One bubblewrap process with a fork server inside.

    Args:
        libraries: modules to load ahead.
        base: the folder with `etc`, `rooms` and `logs`.
        spent: the CPU time of everything in this sandbox and those before it.
        room: the only room that is shown, where the sandbox is for one app alone.
        logs: the names of its logs.
    """

    tokens = itertools.count(1)

    def __init__(
        self, libraries: Sequence[str], base: Path, spent: CpuTime, room: Path | None = None, logs: Sequence[str] = ()
    ) -> None:
        self.room = room
        self.watch = Watch(self.processes, spent)
        self.unread = b""
        self.greeting: Greeting | None = None
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.control = here
        self.one_at_a_time = threading.Lock()
        self.log = tempfile.TemporaryFile(dir=base)  # noqa: SIM115 - closed with the sandbox
        settings = SandboxSettings(
            packages=bubblewrap.packages(), keep=[*map(str, bubblewrap.visible())], once=room is not None
        )
        argv = bubblewrap.command(nested=room is None, rooms=room or base / "rooms", base=base, logs=logs)
        with there:
            self.process = popen_with_pdeathsig(  # bubblewrap itself ends by --die-with-parent
                [*argv, *bubblewrap.program(there.fileno(), list(libraries))],
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                pass_fds=[there.fileno()],
                env=bubblewrap.ENVIRONMENT | {SANDBOX_SETTINGS: json.dumps(settings)},
            )

    def why_not_nestable(self) -> str | None:
        """Return why the fork server cannot build inner walls, or None.

        It tries once, when it starts, and says so before its first reply: call this before the first request.
        """
        if self.greeting is None:
            self.greeting = cast("Greeting", self._receive()[0])
        return self.greeting["why_not_nestable"]

    def start(self, message: StartMessage, descriptors: Sequence[int]) -> tuple[Reply, list[int]]:
        """Have the fork server start an app; return its reply, and the listeners at the ports that lead to services.

        Raises:
            ProcessGone: it has ended.
        """
        return self._ask(message, descriptors)

    def kill(self, name: str) -> None:
        """Have the fork server end one app, or `ALL_APPS`.

        Raises:
            ProcessGone: it has ended.
        """
        self._ask({"token": self.new_token(), "kill": name})

    def new_token(self) -> str:
        """Return a token for one more message."""
        return f"{os.getpid()}-{next(self.tokens)}"

    def _ask(self, message: StartMessage | KillMessage, descriptors: Sequence[int] = ()) -> tuple[Reply, list[int]]:
        with self.one_at_a_time:
            try:
                self.control.settimeout(REPLY_SECONDS)
                socket.send_fds(self.control, [json.dumps(message).encode()], list(descriptors))
            except OSError as error:
                raise ProcessGone(self._last_line() or str(error)) from None
            while True:
                reply, listeners = self._receive()
                if reply.get("done") == message["token"]:
                    return cast("Reply", reply), listeners
                for listener in listeners:
                    os.close(listener)

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        """Return one line from the sandbox, and its descriptors. Only trusted code writes here: no app has this socket."""
        listeners: list[int] = []
        try:
            self.control.settimeout(REPLY_SECONDS)
            while b"\n" not in self.unread:
                data, more, _, _ = socket.recv_fds(self.control, 65536, 16)
                listeners += more
                if not data:
                    raise ProcessGone(self._last_line() or "it ended")
                self.unread += data
        except OSError as error:
            raise ProcessGone(self._last_line() or str(error)) from None
        line, _, self.unread = self.unread.partition(b"\n")
        return dict(json.loads(line)), listeners

    def _last_line(self) -> str:
        """Return the last line that bubblewrap or the fork server printed."""
        with contextlib.suppress(OSError):
            self.log.seek(0)
            lines = self.log.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
            return lines[-1][:300] if lines else ""
        return ""

    def processes(self) -> list[int]:
        """Return all processes of apps in this sandbox, by their pids outside it."""
        first = children(self.process.pid)  # the fork server, or bubblewrap's own first process
        return [pid for parent in first for pid in descendants(parent)]

    @property
    def gone(self) -> bool:
        """Whether the fork server has exited."""
        return peer_closed(self.control)

    def fresh(self) -> bool:
        """Return whether no app was started in this sandbox yet, by this process or a fork of it."""
        return self.room is not None and self.room.is_dir() and not any((self.room / "submission").iterdir())

    def close(self) -> None:
        """End everything in the sandbox.

        Process 1 of a namespace takes all others with it, and bubblewrap ends after it; a fork cannot wait for that.
        """
        with contextlib.suppress(OSError):
            self.control.close()
        for pid in children(self.process.pid) or [self.process.pid]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
