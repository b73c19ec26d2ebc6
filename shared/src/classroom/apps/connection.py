"""Connections to a student's app: one deadline for all that is read, and kept open from one request to the next.

A new connection for each request would be a twelfth of what grading costs. Python's own client does the rest.
"""

from __future__ import annotations

import http.client
import select
import socket
import time
from typing import Any

Address = str | tuple[str, int]
IDLE_SECONDS = 1.0  # far from the five after which uvicorn hangs up
MOST_IDLE = 10


class _Socket(socket.socket):
    """A socket whose reads share one deadline."""

    deadline = 0.0

    def recv_into(self, *words: Any) -> int:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)
        return super().recv_into(*words)


class Connection(http.client.HTTPConnection):
    """One connection to a Unix socket's path, or to a host and a port.

    Args:
        address: where to.
        seconds: for the next request and its answer.
    """

    def __init__(self, address: Address, seconds: float) -> None:
        super().__init__("127.0.0.1:8000")
        self.address = address
        self.seconds = seconds
        self.idle_since = 0.0

    def renew(self, seconds: float) -> None:
        """Allow so many seconds for one more request."""
        self.seconds = seconds
        self._begin(self.sock)

    def connect(self) -> None:
        """Connect, within the time of the request."""
        family = socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET
        self.sock = _Socket(family, socket.SOCK_STREAM)
        self._begin(self.sock)
        self.sock.connect(self.address)
        if family == socket.AF_INET:
            # The body of a request is a packet of its own: it would wait 40 ms until the head's receipt is told.
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _begin(self, sock: Any) -> None:
        sock.deadline = time.monotonic() + self.seconds
        sock.settimeout(self.seconds)

    def usable(self) -> bool:
        """Whether the other end still listens, and has said nothing that nobody asked for."""
        if self.sock is None or time.monotonic() - self.idle_since > IDLE_SECONDS:
            return False
        return not select.select([self.sock], [], [], 0)[0]


class Connections:
    """Those that are open and wait for a request."""

    def __init__(self) -> None:
        self._idle: dict[Address, list[Connection]] = {}

    def take(self, address: Address, seconds: float) -> Connection:
        """Return a connection to this address for one request, with its deadline set; an open one where there is one."""
        connection = self._open(address)
        if connection is None:
            return Connection(address, seconds)
        connection.renew(seconds)
        return connection

    def _open(self, address: Address) -> Connection | None:
        idle = self._idle.setdefault(address, [])
        while idle:
            try:
                connection = idle.pop()
            except IndexError:  # another thread was faster
                return None
            if connection.usable():
                return connection
            connection.close()
        return None

    def keep(self, connection: Connection) -> None:
        """Keep a connection whose answer was read to its end."""
        connection.idle_since = time.monotonic()
        idle = self._idle[connection.address]
        if len(idle) < MOST_IDLE:
            idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close those that are open."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def __del__(self) -> None:
        self.close()
