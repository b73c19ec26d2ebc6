"""The two ends of a relayed connection: what is received at one is sent at the other."""

from __future__ import annotations

import asyncio
from typing import NamedTuple, cast

CONNECTIONS = 64
CONNECT_SECONDS = 10


class Service(NamedTuple):
    """The service that a port in the sandbox leads to: a host and a port, or the Unix socket at *path* instead."""

    host: str
    port: int
    postgres: bool = False
    path: str | None = None


class Upstream(asyncio.Protocol):
    """The end of a connection at the service's side, and what both ends have in common.

    This is not a pair of streams: each message of a database's client would wake two tasks, and a check of a whole class
    makes millions of them.
    """

    transport: asyncio.Transport
    peer: Upstream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.peer.send(data)

    def send(self, data: bytes) -> None:
        """Send these bytes at this end."""
        self.transport.write(data)

    def pause_writing(self) -> None:
        self.peer.transport.pause_reading()

    def resume_writing(self) -> None:
        self.peer.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reason makes no difference
        self.peer.transport.close()


class Downstream(Upstream):
    """The end of a connection in the sandbox; what it receives waits until the service has accepted.

    Args:
        connections: all open connections of the relay; this one is added.
        loop: the relay's.
        service: where to connect to.
    """

    def __init__(self, connections: set[Downstream], loop: asyncio.AbstractEventLoop, service: Service) -> None:
        self.connections = connections
        self.loop = loop
        self.service = service
        self.peer = self  # until there is another end
        self.pending = b""
        self.connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self.connections) >= CONNECTIONS:
            self.transport.abort()
            return
        self.connections.add(self)
        self.accepted()

    def data_received(self, data: bytes) -> None:
        if self.peer is self:
            self.pending += data
        else:
            self.peer.send(data)

    def accepted(self) -> None:
        """Connect to the service as soon as the app has connected."""
        self.connect(Upstream())

    def connect(self, upstream: Upstream) -> None:
        """Connect to the service, and send it first what was received so far."""
        # Kept, because the loop itself would let a task be collected before it is done.
        self.connecting = self.loop.create_task(self._connect(upstream))

    async def _connect(self, upstream: Upstream) -> None:
        if self.transport.is_closing():
            return
        # Not in connection_made, where uvloop and Python before 3.11.4 forget it
        # (https://github.com/python/cpython/issues/103607). What was received before this line is in `pending`.
        self.transport.pause_reading()
        upstream.peer = self
        try:
            await asyncio.wait_for(self._open(upstream), CONNECT_SECONDS)
        except OSError:
            self.transport.abort()
            return
        self.peer = upstream
        pending, self.pending = self.pending, b""
        if pending:
            upstream.send(pending)
        if self.transport.is_closing():
            upstream.transport.close()
        else:
            self.transport.resume_reading()

    async def _open(self, upstream: Upstream) -> None:
        if self.service.path is not None:
            await self.loop.create_unix_connection(lambda: upstream, self.service.path)
        else:
            await self.loop.create_connection(lambda: upstream, self.service.host, self.service.port)

    def connection_lost(self, exc: Exception | None) -> None:
        self.connections.discard(self)
        super().connection_lost(exc)
