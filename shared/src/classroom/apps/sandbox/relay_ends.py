"""The two ends of a connection that leads through the walls: what comes in at one goes out at the other."""

from __future__ import annotations

import asyncio
from typing import NamedTuple, cast

CONNECTIONS = 64
CONNECT_SECONDS = 10


class Service(NamedTuple):
    """What a port behind the walls leads to: a host and a port, or the Unix socket at *path* in their place."""

    host: str
    port: int
    postgres: bool = False
    path: str | None = None


class Upstream(asyncio.Protocol):
    """One end of a connection, and the whole of it at the service's side.

    Not a pair of streams: each message of a database's client would wake two tasks, and a class makes millions of them.
    """

    transport: asyncio.Transport
    other: Upstream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.other.say(data)

    def say(self, data: bytes) -> None:
        """Send these bytes to whoever is at this end."""
        self.transport.write(data)

    def pause_writing(self) -> None:
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the end is the end, whatever its reason
        self.other.transport.close()


class Downstream(Upstream):
    """The end behind the walls: what it says waits until the service has answered the call."""

    def __init__(self, ends: set[Downstream], loop: asyncio.AbstractEventLoop, service: Service) -> None:
        self.ends = ends
        self.loop = loop
        self.service = service
        self.other = self  # until there is another
        self.said = b""
        self.calling: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self.ends) >= CONNECTIONS:
            self.transport.abort()
            return
        self.ends.add(self)
        self.begin()

    def data_received(self, data: bytes) -> None:
        if self.other is self:
            self.said += data
        else:
            self.other.say(data)

    def begin(self) -> None:
        """Somebody has come."""
        self.call(Upstream())

    def call(self, far: Upstream) -> None:
        """Call the service, and tell it first what was said so far."""
        # Kept, because the loop itself would let a task be collected in the middle.
        self.calling = self.loop.create_task(self._call(far))

    async def _call(self, far: Upstream) -> None:
        if self.transport.is_closing():
            return
        # Not where the call is made: in connection_made uvloop forgets it, and so does Python before 3.11.4
        # (https://github.com/python/cpython/issues/103607). What has come before this line is kept in `said`.
        self.transport.pause_reading()
        far.other = self
        try:
            await asyncio.wait_for(self._connect(far), CONNECT_SECONDS)
        except OSError:
            self.transport.abort()
            return
        self.other = far
        said, self.said = self.said, b""
        if said:
            far.say(said)
        if self.transport.is_closing():
            far.transport.close()
        else:
            self.transport.resume_reading()

    async def _connect(self, far: Upstream) -> None:
        if self.service.path is not None:
            await self.loop.create_unix_connection(lambda: far, self.service.path)
        else:
            await self.loop.create_connection(lambda: far, self.service.host, self.service.port)

    def connection_lost(self, exc: Exception | None) -> None:
        self.ends.discard(self)
        super().connection_lost(exc)
