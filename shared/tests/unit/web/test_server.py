"""The server of a site at its end."""

import asyncio
import socket

from classroom.core.ports import bound
from classroom.web.events import Broadcast
from classroom.web.server import EventServer, config

SECONDS = 30


class Late(Broadcast):
    """Events whose end is the moment in which one more connection is accepted."""

    def __init__(self, accept):
        super().__init__()
        self.accept = accept

    def close(self):
        """Accept the connection as soon as the server has told all others to end."""
        super().close()
        self.accepted = asyncio.ensure_future(self.accept())


async def _app(_scope, _receive, _send):
    """An app that nobody asks."""


def test_connection_that_is_accepted_at_the_end_is_closed():
    """A browser that still had a connection to a server that has ended would ask on it, and wait forever."""
    client, late = socket.socketpair()
    client.settimeout(SECONDS)

    async def serve():
        async def accept():
            protocol = server.config.http_protocol_class(server.config, server.server_state, {})
            await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, late)

        server = EventServer(config(_app), Late(accept))
        server.should_exit = True
        await server.serve([bound(0)])
        await server.broadcast.accepted
        return await asyncio.to_thread(client.recv, 1)

    with client:
        assert asyncio.run(serve()) == b""
