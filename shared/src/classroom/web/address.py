"""The address of a local site: a port of loopback, taken before anything heavy is loaded, and a token."""

from __future__ import annotations

import os
import secrets
import socket

from classroom.core.errors import UsageError
from classroom.core.ports import HOST

TOKEN_BYTES = 18


class Address:
    """An address that accepts connections from now on; they wait until a server takes them.

    Args:
        port: the usual port; where it is taken, the system chooses another one.

    Raises:
        UsageError: there is no port of this number.
    """

    def __init__(self, port: int) -> None:
        self.socket = _bound(port)
        self.socket.listen()
        self.port: int = self.socket.getsockname()[1]
        self.token = secrets.token_urlsafe(TOKEN_BYTES)

    @property
    def url(self) -> str:
        """Return the address of the first page."""
        return f"http://{HOST}:{self.port}/{self.token}/"

    @property
    def hosts(self) -> tuple[str, str]:
        """Return what a request to this address may name as its host."""
        return f"{HOST}:{self.port}", f"localhost:{self.port}"


def _bound(port: int) -> socket.socket:
    """Return a socket on this port of loopback, or on a random one where it is taken."""
    taken = socket.socket()
    if os.name == "posix":
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
    except OverflowError:
        taken.close()
        raise UsageError(f"{port} is not a valid port: use a number from 1 to 65535.") from None
    except OSError:
        taken.bind((HOST, 0))
    return taken
