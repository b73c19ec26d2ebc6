"""What leads from a port behind the walls to a service outside: bytes both ways, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    import socket

CHUNK = 65536
CONNECTIONS = 64
CONNECT_SECONDS = 10
POSTGRES = 5432


def lead(address: str, doors: dict[int, tuple[str, int]]) -> str:
    """How a service's address reads behind the walls: on the loopback there.

    Args:
        address: a URL; one without a host and a port is left as it is.
        doors: where each port behind the walls leads to; this address's is added.
    """
    parts = urlsplit(address)
    postgres = parts.scheme.startswith("postgres")
    try:
        host, port = parts.hostname, parts.port or (POSTGRES if postgres else None)
    except ValueError:
        return address
    if not host or not port:
        return address
    inside = POSTGRES if postgres else port
    while doors.setdefault(inside, (host, port)) != (host, port):
        inside += 1
    login, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{login}{at}127.0.0.1:{inside}"))


class Relay:
    """Accepts at listeners that stand behind the walls, in a thread outside of them.

    Args:
        doors: each listener, and where it leads to.
    """

    def __init__(self, doors: list[tuple[socket.socket, tuple[str, int]]]) -> None:
        self.doors = doors
        self.open = 0
        self.servers: list[asyncio.Server] = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        for listener, target in self.doors:
            self.loop.run_until_complete(self._serve(listener, target))
        try:
            self.loop.run_forever()
        finally:
            for server in self.servers:
                server.close()
            tasks = asyncio.all_tasks(self.loop)
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self.loop.close()

    async def _serve(self, listener: socket.socket, target: tuple[str, int]) -> None:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.TimeoutError, asyncio.CancelledError):
                await self._lead(reader, writer, target)
            writer.close()

        self.servers.append(await asyncio.start_server(accept, sock=listener, limit=CHUNK))

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: tuple[str, int]) -> None:
        if self.open >= CONNECTIONS:
            return
        self.open += 1
        try:
            opening = asyncio.open_connection(*target, limit=CHUNK)
            other_reader, other_writer = await asyncio.wait_for(opening, CONNECT_SECONDS)
            ways = [
                asyncio.ensure_future(_copy(reader, other_writer)),
                asyncio.ensure_future(_copy(other_reader, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                other_writer.close()
        finally:
            self.open -= 1

    def close(self) -> None:
        """Cut every connection."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
