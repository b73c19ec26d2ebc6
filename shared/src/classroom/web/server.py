"""Server of a local site: one address on loopback, and an end that does not wait for open pages."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from typing import TYPE_CHECKING

import uvicorn

from classroom.core.ports import HOST
from classroom.web.guard import Guard, new_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from classroom.web.events import Broadcast

END_SECONDS = 1


class LocalServer:
    """A site on loopback, whose address contains a token.

    Args:
        app: the site.
        port: the usual port; where it is taken, the system chooses another one.
        broadcast: the events of its pages.
    """

    def __init__(self, app: ASGIApp, port: int, broadcast: Broadcast) -> None:
        self.socket = _bound(port)
        self.port = self.socket.getsockname()[1]
        self.token = new_token()
        self.broadcast = broadcast
        hosts = (f"{HOST}:{self.port}", f"localhost:{self.port}")
        config = uvicorn.Config(
            Guard(app, self.token, hosts),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=END_SECONDS,
        )
        self._server = _Server(config, broadcast)

    @property
    def address(self) -> str:
        """Return the address of the first page."""
        return f"http://{HOST}:{self.port}/{self.token}/"

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until Ctrl-C is pressed; `ready` is called once requests are accepted."""
        self.socket.listen()  # what is asked from now on waits for the server
        ready()
        with contextlib.suppress(KeyboardInterrupt), self.socket:
            asyncio.run(self._server.serve([self.socket]))

    def stop(self) -> None:
        """End `run`; may be called in any thread."""
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """Ends the events of open pages first: uvicorn waits for each response to end."""

    def __init__(self, config: uvicorn.Config, broadcast: Broadcast) -> None:
        super().__init__(config)
        self.broadcast = broadcast

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the events, then everything else."""
        self.broadcast.close()
        await super().shutdown(sockets)


def _bound(port: int) -> socket.socket:
    """Return a socket on this port of loopback, or on a random one where it is taken."""
    taken = socket.socket()
    if os.name == "posix":
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
    except OSError:
        taken.bind((HOST, 0))
    return taken
