"""A TCP load balancer for one machine: each connection goes to the next instance that accepts it.

    python -m classroom.student.balancer 8000 8001 8002 --counters FILE

listens on the first port of 127.0.0.1 and forwards to the others in turn. It does not change the data; it looks at it only
to count the requests, in FILE if there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.student.records import Counters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HOST = "127.0.0.1"
CONNECT_SECONDS = 2
CHUNK = 65536
# Clients wait for a response before they send the next request on a connection, so each request begins a chunk.
REQUEST = re.compile(rb"[A-Z]{3,7} /")
BODY = b'{"detail":"No instance is available."}'
UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


class Balancer:
    """Forwards connections to instances in turn, and skips those that do not accept them.

    Args:
        ports: of the instances.
        count: called for each request with the place of its instance in *ports*, or with their number if none accepts it.
    """

    def __init__(self, ports: Sequence[int], count: Callable[[int], None] = lambda _: None) -> None:
        self.ports, self.count = list(ports), count
        self.turns = itertools.count()

    async def serve(self, port: int) -> None:
        """Listen until the process ends."""
        async with await asyncio.start_server(self.forward, HOST, port) as server:
            await server.serve_forever()

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until both sides have closed it."""
        instance = await self._next()
        if instance is None:
            self.count(len(self.ports))
            print("No instance accepts connections: 503 Service Unavailable", flush=True)
            await _refuse(reader, writer)
            return
        place, instance_reader, instance_writer = instance
        await asyncio.gather(
            _copy(reader, instance_writer, lambda: self.count(place)), _copy(instance_reader, writer, lambda: None)
        )

    async def _next(self) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter] | None:
        turn = next(self.turns) % len(self.ports)
        for place in [*range(turn, len(self.ports)), *range(turn)]:
            with contextlib.suppress(OSError, TimeoutError):
                connecting = asyncio.open_connection(HOST, self.ports[place])
                return place, *await asyncio.wait_for(connecting, CONNECT_SECONDS)
        return None


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        # Read the request first: closing a connection with unread bytes resets it before the response is read.
        await reader.read(CHUNK)
        writer.write(UNAVAILABLE)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Callable[[], None]) -> None:
    """Forward one direction of a connection; call *count* where a request begins."""
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            if REQUEST.match(data):
                count()
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()


def main() -> None:
    """Serve on the first port, with the instances on the others."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("instances", type=int, nargs="+")
    parser.add_argument("--counters", type=Path)
    arguments = parser.parse_args()
    ports = arguments.instances
    counters = Counters(arguments.counters, len(ports) + 1) if arguments.counters else None
    balancer = Balancer(ports, counters.increase) if counters else Balancer(ports)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(balancer.serve(arguments.port))


if __name__ == "__main__":
    main()
