"""Fork server: preloads libraries, then forks one process for each start request.

It runs next to the submission. Messages arrive over a Unix socket (`messages.py`). If processes cannot be forked
(Windows), it is started once for each app, and turns into the app itself.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import site
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .app_process import exec_app, run_single
from .kernel import PR_SET_CHILD_SUBREAPER, prctl
from .libraries import load
from .messages import ALL_APPS, SANDBOX_SETTINGS

if TYPE_CHECKING:
    from .messages import Greeting, KillMessage, Reply, SandboxSettings, StartMessage

LONGEST_MESSAGE = 1 << 20  # bytes


class ForkServer:
    """Serves messages until the other end of the socket is closed, then ends every app.

    Args:
        control: the socket that messages arrive on.
        sandbox: what it was started with, in a sandbox.
    """

    def __init__(self, control: socket.socket, sandbox: SandboxSettings | None = None) -> None:
        self.control = control
        self.sandbox = sandbox
        self.apps: dict[str, int] = {}

    def run(self) -> None:
        """Start and kill apps as messages ask for it; in the end kill all."""
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        gc.freeze()
        try:
            while received := self._receive():
                self.handle(*received)
        except ConnectionError:
            return
        finally:
            self.kill(list(self.apps))

    def run_one(self) -> None:
        """Turn this very process into the first app that is asked for: bubblewrap's sandbox is its own alone."""
        from .inner_walls import drop_capabilities, listen

        received = self._receive()
        if received is None:
            return
        message, descriptors = received
        if "request" not in message:
            return
        listeners = listen(message.get("ports", []))
        self.send({"done": message["token"]}, [listener.fileno() for listener in listeners])
        self.control.close()
        drop_capabilities()
        exec_app(message["request"], descriptors, sandboxed=True)

    def _receive(self) -> tuple[StartMessage | KillMessage, list[int]] | None:
        """Return the next message with its descriptors; None where the other end is closed."""
        data, descriptors, _, _ = socket.recv_fds(self.control, LONGEST_MESSAGE, 3)
        return (json.loads(data), descriptors) if data else None

    def handle(self, message: StartMessage | KillMessage, descriptors: list[int]) -> None:
        """Do what a message asks for, and reply."""
        listeners: list[int] = []
        reply: Reply = {"done": message["token"]}
        if "kill" in message:
            self.kill([message["kill"]] if message["kill"] != ALL_APPS else list(self.apps))
        else:
            try:
                self.apps[message["name"]], listeners = self.start(message, descriptors)
            except Exception as error:  # noqa: BLE001 - the launcher raises it
                reply["trouble"] = f"{type(error).__name__}: {error}"
        self.send(reply, listeners)
        for descriptor in (*descriptors, *listeners):
            os.close(descriptor)

    def start(self, message: StartMessage, descriptors: list[int]) -> tuple[int, list[int]]:
        """Start one app; return its process, and the listeners at the ports that lead to its services."""

        def become_app() -> None:
            with contextlib.suppress(BaseException):
                self.control.close()
                exec_app(message["request"], descriptors, sandboxed=self.sandbox is not None)
            os._exit(1)

        if self.sandbox is not None:
            from .inner_walls import run_in_namespaces

            return run_in_namespaces(
                become_app,
                room=message.get("room", ""),
                logs=message["request"]["logs"],
                ports=message.get("ports", []),
                keep=self.sandbox["keep"],
            )
        child = os.fork()
        if child == 0:
            become_app()
        return child, []

    def send(self, message: Reply | Greeting, descriptors: list[int]) -> None:
        """Send a message to the launcher."""
        line = json.dumps(message).encode() + b"\n"
        if descriptors:
            socket.send_fds(self.control, [line], descriptors)
        else:
            self.control.sendall(line)

    def kill(self, names: list[str]) -> None:
        """End apps with their process groups; once no app is left, end also the processes that this one has inherited."""
        for name in names:
            if child := self.apps.pop(name, None):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(child, 0)
        while not self.apps and (orphans := _children()):
            for orphan in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(orphan, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(orphan, 0)


def _children() -> list[int]:
    """Return this process's children where the system lists them (Linux); elsewhere the process groups must do."""
    try:
        return [int(pid) for pid in Path("/proc/self/task", str(os.getpid()), "children").read_text().split()]
    except OSError:
        return []


def run_sandboxed(control: socket.socket, settings: SandboxSettings, libraries: list[str]) -> None:
    """Run in the sandbox: say whether inner walls can be built, and serve messages."""
    from .inner_walls import drop_root, why_not_nestable

    drop_root()
    sys.path += settings["packages"]
    site.setquit()  # an app may call exit() and help(), which are missing under -S
    site.sethelper()
    server = ForkServer(control, settings)
    if settings["once"]:
        load(libraries)
        server.run_one()
    else:
        server.send({"why_not_nestable": why_not_nestable()}, [])
        load(libraries)
        server.run()


def main() -> None:
    """Run the kind of server that the command line and the environment name (see `__main__.py`)."""
    settings: SandboxSettings | None = json.loads(os.environ.pop(SANDBOX_SETTINGS, "null"))
    control, *libraries = sys.argv[1:]
    if settings is not None:
        run_sandboxed(socket.socket(fileno=int(control)), settings, libraries)
        return
    load(libraries)
    if control == "single":
        run_single(json.loads(sys.stdin.readline()))
    else:
        ForkServer(socket.socket(fileno=int(control))).run()
