"""The address of a local site: a port of loopback, taken before anything heavy is loaded, and a token."""

from __future__ import annotations

import secrets

from classroom.core.ports import HOST, bound

TOKEN_BYTES = 18


class Address:
    """An address that accepts connections from now on; they wait until a server takes them.

    Args:
        port: the usual port; where it is taken, the system chooses another one.

    Raises:
        UsageError: the number is not a valid port.
    """

    def __init__(self, port: int) -> None:
        try:
            self.socket = bound(port)
        except OSError:
            self.socket = bound(0)
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
