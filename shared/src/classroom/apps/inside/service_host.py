"""Service host: process 1 of the sandbox in which the services of one submission run.

It starts and stops programs when the course asks for it, over a socket that no service inherits. The folder of the
services' Unix sockets is opened here and handed out, so that the course can reach them without a path of its own.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from .inner_walls import drop_capabilities, drop_root
from .seccomp import install_filter

# PostgreSQL holds a small segment of shared memory, by which a second server would notice the first.
NEEDED = ("shmget",)
SOCKETS = "/run/services"
MESSAGE = 65536
STDERR_TAIL = 2000  # characters


class ServiceHost:
    """Obeys one request after the other until the other end of the socket is closed.

    Args:
        control: a datagram-like socket (SOCK_SEQPACKET): one JSON object a packet, both ways.
    """

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.services: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> None:
        """Hand out the folder of the sockets, then obey; when this process ends, the kernel ends all others."""
        Path(SOCKETS).mkdir()
        folder = os.open(SOCKETS, os.O_PATH | os.O_DIRECTORY)
        socket.send_fds(self.control, [json.dumps({"ready": True}).encode()], [folder])
        while True:
            message, descriptors, _, _ = socket.recv_fds(self.control, MESSAGE, 1)
            if not message:
                return
            try:
                reply = self.obey(json.loads(message), descriptors)
            except (OSError, ValueError) as error:
                reply = {"trouble": str(error)[-STDERR_TAIL:]}
            for descriptor in descriptors:
                os.close(descriptor)
            self.control.send(json.dumps(reply).encode())

    def obey(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        """Do what one request says: `run` a program to its end, `start` or `stop` a service."""
        if "run" in request:
            return self.run_program(request["run"], descriptors[0] if descriptors else subprocess.DEVNULL)
        if "start" in request:
            self.start(request["start"], request["argv"], request.get("limits", {}))
        if "stop" in request:
            self.stop(request["stop"])
        return {}

    def run_program(self, argv: list[str], stdin: int) -> dict[str, Any]:
        """Run a program to its end; `trouble` is the end of what it wrote to stderr, where it failed."""
        done = subprocess.run(argv, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode == 0:
            return {}
        said = done.stderr.decode("utf-8", "replace").strip()[-STDERR_TAIL:]
        return {"trouble": said or f"{argv[0]} ended with status {done.returncode}"}

    def start(self, name: str, argv: list[str], limits: dict[str, int]) -> None:
        """Start a service in its own session.

        Args:
            name: for `stop`.
            argv: its command line.
            limits: of each of its processes, by the names that `setrlimit` has for them.
        """

        def limit() -> None:
            for limited, value in limits.items():
                number = getattr(resource, f"RLIMIT_{limited}")
                resource.setrlimit(number, (value, value))

        self.stop(name)
        self.services[name] = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=limit,  # noqa: PLW1509 - this process has no threads
        )

    def stop(self, name: str) -> None:
        """Kill a service and wait for its end."""
        service = self.services.pop(name, None)
        if service is not None:
            service.kill()
            service.wait()


def main() -> None:
    """`services CONTROL`, where CONTROL is a descriptor."""
    drop_root()
    drop_capabilities()
    install_filter(NEEDED)
    ServiceHost(socket.socket(fileno=int(sys.argv[2]))).run()
