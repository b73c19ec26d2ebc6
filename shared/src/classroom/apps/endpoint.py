"""Where an app listens."""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING

from classroom.core.scratch import SocketDir

if TYPE_CHECKING:
    from pathlib import Path

Address = str | tuple[str, int]
BACKLOG = 128


class Endpoint:
    """Where an app listens: a new Unix socket for each start, or one loopback port for all of them.

    Args:
        folder: for the sockets.
        loopback: whether it is a port.

    Attributes:
        address: of the last start; a Unix socket's path, or host and port.
    """

    def __init__(self, folder: Path, *, loopback: bool = False) -> None:
        self.folder = folder
        self.loopback = loopback
        self.address: Address = ""
        self._sockets: SocketDir | None = None
        self._numbers = itertools.count(1)

    def listen(self) -> socket.socket:
        """Return a listening socket for one more start."""
        if self.loopback:
            port = self.address[1] if isinstance(self.address, tuple) else 0
            listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # see `run_single` in fork_server.py
            self.address = listener.getsockname()
            return listener
        self._sockets = self._sockets or SocketDir(self.folder)
        self.address = f"{self._sockets.name}/{next(self._numbers)}.sock"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.address)
        listener.listen(BACKLOG)
        return listener

    def close(self) -> None:
        """Forget the folder's short name, if it has one."""
        if self._sockets is not None:
            self._sockets.close()
