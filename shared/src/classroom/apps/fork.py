"""Launcher that forks each app from a fork server next to this process, without a sandbox."""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from classroom.apps.launcher import FORK_SERVER
from classroom.core.errors import CouldNotCheck
from classroom.core.processes import clean_environment, peer_closed

if TYPE_CHECKING:
    from collections.abc import Sequence


FORK_SERVER_SECONDS = 60


class ForkLauncher:
    """Starts apps from a fork server next to this process, without a sandbox: for one's own machine and code."""

    sandbox = "none"

    def __init__(self, libraries: Sequence[str]) -> None:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.control = here
        self.replies = here.makefile("r", encoding="utf-8")
        self.tokens = itertools.count(1)
        self.one_at_a_time = threading.Lock()
        with there:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(FORK_SERVER), str(there.fileno()), *libraries],
                stdin=subprocess.DEVNULL,
                pass_fds=[there.fileno()],
                env=clean_environment(),
                start_new_session=True,
            )

    def environment(self) -> dict[str, str]:
        """This process's own."""
        return clean_environment()

    def start(self, name: str, order: dict[str, Any], listener: socket.socket, output: int, status: int) -> None:
        """Have the fork server start one app."""
        self._ask({**order, "start": name}, [listener.fileno(), output, status])

    def kill(self, name: str) -> None:
        """Have the fork server end one app."""
        self._ask({"kill": name}, [])

    def reset(self) -> None:
        """Have the fork server end every app, also those whose owner was killed in the middle of an order."""
        self.kill("all")

    def gone(self) -> bool:
        """Whether the fork server has ended."""
        return peer_closed(self.control)

    def _ask(self, order: dict[str, Any], descriptors: list[int]) -> None:
        token = f"{os.getpid()}-{next(self.tokens)}"
        try:
            with self.one_at_a_time:
                self.control.settimeout(FORK_SERVER_SECONDS)
                socket.send_fds(self.control, [json.dumps({**order, "token": token}).encode()], descriptors)
                told: dict[str, Any] = {}
                while told.get("done") != token and (line := self.replies.readline()):
                    told = json.loads(line)
        except OSError as error:
            raise CouldNotCheck(f"The process that starts apps has gone ({error}). Try again.") from None
        if told.get("done") != token:
            raise CouldNotCheck("The process that starts apps has ended. Try again.")
        if "trouble" in told:
            raise CouldNotCheck(f"An app could not be started, for a reason of ours ({told['trouble']}). Try again.")

    def close(self) -> None:
        """End the fork server and, with it, all its apps."""
        self.replies.close()
        self.control.close()
        try:
            self.process.wait(FORK_SERVER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
