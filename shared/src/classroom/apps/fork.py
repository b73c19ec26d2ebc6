"""Launcher that forks each app from a fork server next to this process, without a sandbox."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from classroom.apps.forked import start_forked
from classroom.apps.inside.messages import ALL_APPS
from classroom.apps.launcher import FORK_SERVER
from classroom.core.errors import CouldNotCheck
from classroom.core.processes import clean_environment, peer_closed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.apps.endpoint import Endpoint
    from classroom.apps.forked import ForkedInstance
    from classroom.apps.inside.messages import KillMessage, Reply, StartMessage, StartRequest

FORK_SERVER_SECONDS = 60


class ForkLauncher:
    """Starts apps from a fork server next to this process, without a sandbox: for one's own code on one's own machine.

    Args:
        libraries: modules to load ahead; the fork server does so while the caller goes on.
    """

    sandbox = "none"

    def __init__(self, libraries: Sequence[str]) -> None:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.tokens = itertools.count(1)
        self.one_at_a_time = threading.Lock()
        with there, contextlib.ExitStack() as failed:
            failed.callback(here.close)
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(FORK_SERVER), str(there.fileno()), *libraries],
                stdin=subprocess.DEVNULL,
                pass_fds=[there.fileno()],
                env=clean_environment(),
                start_new_session=True,
            )
            failed.pop_all()
        self.control = here
        self.replies = here.makefile("r", encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """Return this process's own environment, cleaned."""
        return clean_environment()

    def start(self, request: StartRequest, endpoint: Endpoint) -> ForkedInstance:
        """Have the fork server start one app."""
        return start_forked(request, endpoint, self._fork, self._kill)

    def _fork(self, name: str, request: StartRequest, descriptors: list[int]) -> None:
        self._ask({"token": self._token(), "name": name, "request": request}, descriptors)

    def _kill(self, name: str) -> None:
        self._ask({"token": self._token(), "kill": name}, [])

    def reset(self) -> None:
        """Have the fork server end every app, also those whose owner was killed while it started one."""
        self._kill(ALL_APPS)

    def gone(self) -> bool:
        """Return whether the fork server has exited."""
        return peer_closed(self.control)

    def is_exhausted(self) -> bool:
        """Return False: without a sandbox, apps are not limited together."""
        return False

    def _token(self) -> str:
        return f"{os.getpid()}-{next(self.tokens)}"

    def _ask(self, message: StartMessage | KillMessage, descriptors: list[int]) -> None:
        try:
            with self.one_at_a_time:
                self.control.settimeout(FORK_SERVER_SECONDS)
                socket.send_fds(self.control, [json.dumps(message).encode()], descriptors)
                reply: Reply = {"done": ""}
                while reply["done"] != message["token"] and (line := self.replies.readline()):
                    reply = json.loads(line)
        except OSError as error:
            raise CouldNotCheck(f"The process that starts apps has exited ({error}). Try again.") from None
        if reply["done"] != message["token"]:
            raise CouldNotCheck("The process that starts apps has exited. Try again.")
        if "trouble" in reply:
            raise CouldNotCheck(
                f"An app could not be started, which is not the app's fault ({reply['trouble']}). Try again."
            )

    def close(self) -> None:
        """End the fork server and, with it, all its apps."""
        self.replies.close()
        self.control.close()
        try:
            self.process.wait(FORK_SERVER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
