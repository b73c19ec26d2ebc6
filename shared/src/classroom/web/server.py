"""Server of a site, whose end does not wait for open pages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

import uvicorn

from classroom.web.guard import Guard

if TYPE_CHECKING:
    import socket

    from starlette.types import ASGIApp

    from classroom.web.address import Address
    from classroom.web.events import Broadcast

END_SECONDS = 1


def config(app: ASGIApp) -> uvicorn.Config:
    """Return how each site of the kit is served: without a log of what is asked, which would contain secrets."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="error",  # not what a stray program sends to the port
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=END_SECONDS,
    )


class LocalServer:
    """Serves a site at a local address.

    Args:
        app: the site.
        address: where it is served.
        broadcast: the events of its pages.
    """

    def __init__(self, app: ASGIApp, address: Address, broadcast: Broadcast) -> None:
        self.address = address
        self._server = EventServer(config(Guard(app, address.token, address.hosts)), broadcast)

    def run(self) -> None:
        """Serve until Ctrl-C is pressed or `stop` is called."""
        with contextlib.suppress(KeyboardInterrupt), self.address.socket:
            asyncio.run(self._server.serve([self.address.socket]))

    def stop(self) -> None:
        """End `run`; may be called in any thread."""
        self._server.should_exit = True


class EventServer(uvicorn.Server):
    """Ends the events of open pages first: uvicorn waits for each response to end."""

    def __init__(self, settings: uvicorn.Config, broadcast: Broadcast) -> None:
        super().__init__(settings)
        self.broadcast = broadcast

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the events, then everything else, without a word about what that cuts off."""
        self.broadcast.close()
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # a request that is cut off now is not a bug
        await super().shutdown(sockets)
        # One that was accepted in this moment has missed its end; a browser would ask again on it, and wait.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
