"""What starts apps: a nursery that forks them, here or behind walls, or one fresh interpreter for each; and how they are ended."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from classroom.core.errors import CouldNotCheck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.apps.spawn import SpawnLauncher

FORK_SERVER = Path(__file__).parent / "inside" / "fork_server.py"
FORKS = hasattr(os, "fork") and hasattr(socket, "AF_UNIX") and not os.environ.get("CLASSROOM_NO_FORK")
FORK_SERVER_SECONDS = 60


class Launcher(Protocol):
    """What starts apps: plainly here, behind walls in a sandbox."""

    def start(self, name: str, order: dict[str, Any], listener: socket.socket, output: int, status: int) -> None:
        """Start one app that listens on `listener`, prints to `output` and tells `status` how it went."""

    def kill(self, name: str) -> None:
        """End one app with everything it began; nothing happens when it has ended already."""

    def reset(self) -> None:
        """End all apps."""

    def close(self) -> None:
        """End all apps and the launcher."""

    def environment(self) -> dict[str, str]:
        """What every app finds in its environment."""

    def gone(self) -> bool:
        """Whether what starts apps has ended, and every app with it."""

    @property
    def sandbox(self) -> str:
        """The name of the walls, for the result."""


class ForkLauncher:
    """A nursery beside this process, without walls: for one's own machine and one's own code."""

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
        """Fork one app in the nursery."""
        self._ask({**order, "start": name}, [listener.fileno(), output, status])

    def kill(self, name: str) -> None:
        """Have the nursery end one app."""
        self._ask({"kill": name}, [])

    def reset(self) -> None:
        """Have the nursery end every app, also those whose owner was killed in the middle of an order."""
        self.kill("all")

    def gone(self) -> bool:
        """Whether the nursery has ended."""
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
        """End the nursery and, with it, all its apps."""
        self.replies.close()
        self.control.close()
        try:
            self.process.wait(FORK_SERVER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def peer_closed(control: socket.socket) -> bool:
    """Whether nobody listens at the other end any more.

    Asked without reading: what is to be read another thread may be waiting for, and take away in between.
    """
    try:
        poll = select.poll()
        poll.register(control, select.POLLIN)
        return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))
    except (OSError, ValueError):
        return True


def end_tree(process: subprocess.Popen[Any]) -> None:
    """Kill a process this program started, with everything that descends from it."""
    import psutil

    # One that has ended has no descendants any more, and its number may by now be somebody else's.
    if process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            for member in psutil.Process(process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
    process.kill()
    process.wait()
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()


def open_launcher(libraries: Sequence[str], sandbox: str = "none") -> Launcher | SpawnLauncher:
    """The launcher for this system; libraries are loaded while the caller goes on.

    Raises:
        UsageError: the walls asked for cannot be had here.
    """
    if sandbox != "none":
        from classroom.apps.sandbox.launcher import SandboxLauncher

        return SandboxLauncher(libraries)
    if FORKS:
        return ForkLauncher(libraries)
    from classroom.apps.spawn import SpawnLauncher

    return SpawnLauncher(libraries)


def clean_environment() -> dict[str, str]:
    """This process's environment without what would change how Python or pytest behave."""
    unwanted = ("PYTHON", "PYTEST_", "COVERAGE_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)} | {
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
