"""Sandbox for the services of one submission: no network, files in memory, its own limits."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from classroom.apps.inside.service_host import SOCKETS
from classroom.apps.sandbox import bubblewrap
from classroom.apps.sandbox.limits import SECONDS, CpuTime, Limits, Usage, children, descendants
from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.core.processes import popen_with_pdeathsig
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DATA, WAL = "/data", "/wal"
SIZES = {DATA: 640, WAL: 256, "/run": 1, "/tmp": 16, "/dev/shm": 64}  # noqa: S108 - MB of each file system in memory
# Two roles of sixty sessions each, the course's own, and the server's. Services of correct submissions compute for up to
# 1.4 s; each session that computes competes with the neighbors by itself.
LIMITS = Limits(processes=300, greedy=4)
REPLY_SECONDS = 30
MESSAGE = 65536


class ServiceSandbox:
    """One bubblewrap process with a service host inside.

    It can be made ahead and used in a fork of the process that made it.
    """

    FOLDER = SOCKETS  # of the services' sockets, as they see it

    def __init__(self) -> None:
        self._base = ScratchDir("services")
        bubblewrap.make_base(self._base.path)
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = here
        self._turn = threading.Lock()
        self._unread = 1  # replies: the first comes by itself, with the folder of the sockets
        self._folder = -1
        self.watch: Watch | None = None
        with there:
            self.process = popen_with_pdeathsig(
                [*bubblewrap.service_command(self._base.path, SIZES), *bubblewrap.service_program(there.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[there.fileno()],
                env=bubblewrap.ENVIRONMENT,
            )

    @property
    def sockets(self) -> str:
        """Return the folder of the services' Unix sockets, as this process and its forks can open it."""
        self._read()
        return f"/proc/self/fd/{self._folder}"

    def run(self, argv: Sequence[str], stdin: int | None = None) -> None:
        """Run a program to its end, without waiting for it.

        Raises:
            CouldNotCheck: the sandbox has ended.
        """
        self._send({"run": [*argv]}, stdin)

    def start(self, name: str, argv: Sequence[str], limits: Mapping[str, int] | None = None) -> None:
        """Start a service, without waiting until it can be reached.

        Args:
            name: for `stop`.
            argv: its command line.
            limits: of each of its processes, by the names that `setrlimit` has for them.
        """
        self._send({"start": name, "argv": [*argv], "limits": dict(limits or {})})

    def stop(self, name: str) -> None:
        """Kill a service, and wait for its end."""
        self._send({"stop": name})
        self._read()

    def begin(self) -> None:
        """Watch from now on what the services use, and end them if it is too much."""
        self._read()
        if self.watch is None:
            self.watch = Watch(self.processes)

    def processes(self) -> list[int]:
        """Return all processes of the services, by their numbers outside."""
        return [pid for host in children(self.process.pid) for pid in descendants(host)]

    def ended(self) -> str | None:
        """Return why the services were killed because of the resources they used, or None."""
        return self.watch.reason if self.watch else None

    def close(self) -> None:
        """Kill everything inside; what was stored there is lost."""
        if self.watch is not None:
            self.watch.close()
        self._control.close()
        if self._folder >= 0:
            with contextlib.suppress(OSError):
                os.close(self._folder)
            self._folder = -1
        for pid in children(self.process.pid) or [self.process.pid]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()
        self._base.close()

    def _send(self, request: dict[str, Any], stdin: int | None = None) -> None:
        with self._turn:
            try:
                descriptors = [] if stdin is None else [stdin]
                socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            except OSError as error:
                raise self._gone(str(error)) from None
            self._unread += 1

    def _read(self) -> None:
        """Read every reply that is due.

        Raises:
            CouldNotCheck: one of them says that something went wrong, or the sandbox has ended.
        """
        with self._turn:
            while self._unread:
                try:
                    self._control.settimeout(under_load(REPLY_SECONDS))
                    message, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE, 1)
                except OSError as error:
                    raise self._gone(str(error)) from None
                if not message:
                    raise self._gone("it ended")
                self._unread -= 1
                if descriptors:
                    self._folder = descriptors[0]
                if trouble := json.loads(message).get("trouble"):
                    raise CouldNotCheck(f"A service of the submission could not be started in its sandbox: {trouble}.")

    def _gone(self, why: str) -> CouldNotCheck:
        stderr = b""
        if self.process.stderr and self.process.poll() is not None:
            stderr = self.process.stderr.read() or b""
        lines = stderr.decode("utf-8", "replace").strip().splitlines()
        return CouldNotCheck(
            f"The sandbox of the submission's services has exited ({lines[-1][:300] if lines else why})."
        )


class Watch:
    """A thread that ends the services of a submission when they use too much together.

    Args:
        processes: returns their processes at this moment.

    Attributes:
        reason: why they were killed, or None.
    """

    def __init__(self, processes: Callable[[], list[int]]) -> None:
        self.processes = processes
        self.reason: str | None = None
        self._usage = Usage(CpuTime())
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(SECONDS):
            pids = self.processes()
            if excess := self._usage.excess(pids, LIMITS):
                self.reason = self.reason or f"they {excess}"
                for pid in pids:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGKILL)
