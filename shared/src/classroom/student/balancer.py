"""A TCP load balancer for one machine: each connection goes to the next instance that accepts it.

    python -m classroom.student.balancer 8000 8001 8002

listens on the first port of 127.0.0.1 and forwards to the others in turn. It does not look at the data.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST = "127.0.0.1"
CONNECT_SECONDS = 2
CHUNK = 65536
BODY = b'{"detail":"No instance is available."}'
UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


class Balancer:
    """Forwards connections to instances in turn, and skips those that do not accept them."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = list(ports)
        self.turns = itertools.count()

    async def serve(self, port: int) -> None:
        """Listen until the process ends."""
        async with await asyncio.start_server(self.forward, HOST, port) as server:
            await server.serve_forever()

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until both sides have closed it."""
        instance = await self._next()
        if instance is None:
            print("No instance accepts connections: 503 Service Unavailable", flush=True)
            await _refuse(reader, writer)
            return
        instance_reader, instance_writer = instance
        await asyncio.gather(_copy(reader, instance_writer), _copy(instance_reader, writer))

    async def _next(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        turn = next(self.turns) % len(self.ports)
        for port in self.ports[turn:] + self.ports[:turn]:
            with contextlib.suppress(OSError, TimeoutError):
                return await asyncio.wait_for(asyncio.open_connection(HOST, port), CONNECT_SECONDS)
        return None


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        # Read the request first: closing a connection with unread bytes resets it before the response is read.
        await reader.read(CHUNK)
        writer.write(UNAVAILABLE)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()


def main() -> None:
    """Serve on the first port, with the instances on the others."""
    port, *instances = map(int, sys.argv[1:])
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Balancer(instances).serve(port))


if __name__ == "__main__":
    main()
