"""What starts apps where no process can be forked, as on Windows: one fresh interpreter for each."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from classroom.apps.launcher import FORK_SERVER
from classroom.core.load import under_load
from classroom.core.processes import clean_environment, end_tree

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence


class SpawnLauncher:
    """One fresh interpreter for each app, where processes cannot be forked."""

    sandbox = "none"

    def __init__(self, libraries: Sequence[str]) -> None:
        self.libraries = list(libraries)
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self.spare = self._spawn()

    def _spawn(self) -> subprocess.Popen[str]:
        """An interpreter that loads the libraries while the checks are being collected."""
        read, write = os.pipe()
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", str(FORK_SERVER), "single", *self.libraries],
                stdin=subprocess.PIPE,
                stdout=write,
                stderr=write,
                text=True,
                env=clean_environment(),
            )
        finally:
            os.close(write)
        process.output = read  # type: ignore[attr-defined]
        return process

    def environment(self) -> dict[str, str]:
        """This process's own."""
        return clean_environment()

    def begin(self, name: str, order: dict[str, Any]) -> int:
        """Start one app; return the descriptor of its output."""
        process, self.spare = self.spare, self._spawn()
        self.processes[name] = process
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        return int(process.output)  # type: ignore[attr-defined]

    def word(self, name: str, server: socket.socket, seconds: float) -> dict[str, Any]:
        """What an app says of its start, where the order named this server's port: that it is ready, why not, or nothing."""
        try:
            connection = self._call(name, server, seconds)
            if connection is None:
                return {}
            with connection:
                connection.settimeout(under_load(seconds))
                return dict(json.loads(connection.makefile("rb").readline(65536) or b"{}"))
        except TimeoutError:
            return {"late": True}
        except (OSError, ValueError):
            return {}

    def _call(self, name: str, server: socket.socket, seconds: float) -> socket.socket | None:
        """The call of an app; None where it ended before it could call.

        Raises:
            TimeoutError: it did not call in time.
        """
        began = time.monotonic()
        server.settimeout(0.1)
        while True:
            alive = self.alive(name)
            try:
                return server.accept()[0]
            except TimeoutError:
                if not alive:
                    return None
                if time.monotonic() > began + under_load(seconds):
                    raise

    def alive(self, name: str) -> bool:
        """Whether an app has not ended."""
        process = self.processes.get(name)
        return process is not None and process.poll() is None

    def kill(self, name: str) -> None:
        """End one app and its children."""
        if process := self.processes.pop(name, None):
            end_tree(process)

    def gone(self) -> bool:
        """Never: each app has a process of its own."""
        return False

    def reset(self) -> None:
        """End every app."""
        for name in list(self.processes):
            self.kill(name)

    def close(self) -> None:
        """End all."""
        self.reset()
        end_tree(self.spare)
        os.close(self.spare.output)  # type: ignore[attr-defined]
