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
from typing import TYPE_CHECKING, Any

from classroom.apps.sandbox import bubblewrap
from classroom.apps.sandbox.limits import Watch, children, family
from classroom.core.processes import peer_closed, popen_with_pdeathsig

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.apps.sandbox.limits import CpuTime

WALLS = "CLASSROOM_WALLS"
ORDER_SECONDS, END_SECONDS = 60, 10


class ProcessGone(Exception):
    """The process behind the walls does not answer any more."""


class BubblewrapProcess:
    """One bubblewrap process with a fork server inside.

    Args:
        libraries: loaded ahead.
        base: the folder with `etc`, `rooms` and `logs`.
        spent: the CPU time of everything behind these walls and those before them.
        room: the only room that is shown, where the walls are for one app alone.
        logs: the names of its logs.
    """

    tokens = itertools.count(1)

    def __init__(
        self, libraries: Sequence[str], base: Path, spent: CpuTime, room: Path | None = None, logs: Sequence[str] = ()
    ) -> None:
        self.room = room
        self.watch = Watch(self.processes, spent)
        self.rest = b""
        self.nested: str | bool | None = False
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.control = here
        self.one_at_a_time = threading.Lock()
        self.talk = tempfile.TemporaryFile(dir=base)  # noqa: SIM115 - closed with the walls
        settings = {"packages": bubblewrap.packages(), "keep": [*map(str, bubblewrap.seen())], "once": room is not None}
        words = bubblewrap.command(nested=room is None, rooms=room or base / "rooms", base=base, logs=logs)
        with there:
            self.process = popen_with_pdeathsig(  # bubblewrap goes by --die-with-parent
                [*words, *bubblewrap.program(there.fileno(), list(libraries))],
                stdin=subprocess.DEVNULL,
                stdout=self.talk,
                stderr=self.talk,
                pass_fds=[there.fileno()],
                env=bubblewrap.ENVIRONMENT | {WALLS: json.dumps(settings)},
            )

    def startup_error(self) -> str | None:
        """Why no inner walls can be built, None where they can; told once, before the first order."""
        if self.nested is False:
            told, _ = self._hear()
            self.nested = told.get("nested")
        return str(self.nested) if self.nested else None

    def ask(self, order: dict[str, Any], descriptors: Sequence[int] = ()) -> tuple[dict[str, Any], list[int]]:
        """Give an order; return what is said to it, and the descriptors that come with it.

        Raises:
            Gone: nobody is there.
        """
        token = f"{os.getpid()}-{next(self.tokens)}"
        message = json.dumps({**order, "token": token}).encode()
        with self.one_at_a_time:
            try:
                self.control.settimeout(ORDER_SECONDS)
                socket.send_fds(self.control, [message], list(descriptors))
            except OSError as error:
                raise ProcessGone(self._said() or str(error)) from None
            while True:
                told, doors = self._hear()
                if told.get("done") == token:
                    return told, doors
                for door in doors:
                    os.close(door)

    def _hear(self) -> tuple[dict[str, Any], list[int]]:
        """One line from behind the walls. Only trusted code speaks here: an app never has this socket."""
        doors: list[int] = []
        try:
            self.control.settimeout(ORDER_SECONDS)
            while b"\n" not in self.rest:
                data, more, _, _ = socket.recv_fds(self.control, 65536, 16)
                doors += more
                if not data:
                    raise ProcessGone(self._said() or "it ended")
                self.rest += data
        except OSError as error:
            raise ProcessGone(self._said() or str(error)) from None
        line, _, self.rest = self.rest.partition(b"\n")
        return dict(json.loads(line)), doors

    def _said(self) -> str:
        with contextlib.suppress(OSError):
            self.talk.seek(0)
            lines = self.talk.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
            return lines[-1][:300] if lines else ""
        return ""

    def processes(self) -> list[int]:
        """All processes of apps behind these walls, by their numbers out here."""
        found = children(self.process.pid)  # the fork server, or bubblewrap's own first process
        return [pid for one in found for pid in family(one)]

    @property
    def gone(self) -> bool:
        """Whether nobody listens there any more."""
        return peer_closed(self.control)

    def fresh(self) -> bool:
        """Whether nobody has used these walls for an app yet; a fork of this process may have."""
        return self.room is not None and self.room.is_dir() and not any((self.room / "submission").iterdir())

    def close(self) -> None:
        """End everything behind the walls.

        Process 1 of a namespace takes all others with it, and bubblewrap ends after it; from a fork it cannot be awaited.
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
        self.talk.close()
