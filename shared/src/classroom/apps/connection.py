"""HTTP connections to a student's app, with one deadline for the whole response, and kept alive between requests.

To open a new connection for each request would take a twelfth of the time that grading takes.
"""

from __future__ import annotations

import http.client
import select
import socket
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classroom.apps.endpoint import Address

IDLE_SECONDS = 1.0  # far below the five after which uvicorn disconnects
MOST_IDLE = 10


class _Socket(socket.socket):
    """A socket whose reads share one deadline."""

    deadline = 0.0

    def recv_into(self, *arguments: Any) -> int:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(left)
        return super().recv_into(*arguments)


class Connection(http.client.HTTPConnection):
    """One connection to an app.

    Args:
        address: a Unix socket's path, or host and port.
        seconds: for the next request and its response.
    """

    def __init__(self, address: Address, seconds: float) -> None:
        super().__init__("127.0.0.1:8000")
        self.address = address
        self.seconds = seconds
        self.idle_since = 0.0

    def renew(self, seconds: float) -> None:
        """Set the deadline of one more request, or of the next part of a response that is still being sent."""
        self.seconds = seconds
        self._set_deadline(self._socket)

    def connect(self) -> None:
        """Connect within the time of the request."""
        family = socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET
        self.sock = self._socket = _Socket(family, socket.SOCK_STREAM)  # `sock` is None once a last response has begun
        self._set_deadline(self.sock)
        self.sock.connect(self.address)
        if family == socket.AF_INET:
            # A request's body is a packet of its own: it would wait 40 ms until the head is acknowledged.
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _set_deadline(self, sock: Any) -> None:
        sock.deadline = time.monotonic() + self.seconds
        sock.settimeout(self.seconds)

    def usable(self) -> bool:
        """Return whether the other end is still connected, and has sent nothing unasked."""
        if self.sock is None or time.monotonic() - self.idle_since > IDLE_SECONDS:
            return False
        return not select.select([self.sock], [], [], 0)[0]


class Connections:
    """The open connections that wait for a request."""

    def __init__(self) -> None:
        self._idle: dict[Address, list[Connection]] = {}

    def take(self, address: Address, seconds: float) -> Connection:
        """Return a connection to this address for one request, with its deadline set; an open one if there is one."""
        connection = self._idle_one(address)
        if connection is None:
            return Connection(address, seconds)
        connection.renew(seconds)
        return connection

    def _idle_one(self, address: Address) -> Connection | None:
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
        """Keep a connection whose response was read to its end."""
        connection.idle_since = time.monotonic()
        idle = self._idle[connection.address]
        if len(idle) < MOST_IDLE:
            idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close all that are open."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def __del__(self) -> None:
        self.close()
