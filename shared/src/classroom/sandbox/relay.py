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


class _End(asyncio.Protocol):
    """One end of a connection: what comes in here goes out at the other end.

    Not a pair of streams: each message of a database's client would wake two tasks, and a class makes millions of them.
    """

    transport: asyncio.Transport
    other: _End

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.other.transport.write(data)

    def pause_writing(self) -> None:
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the end is the end, whatever its reason
        self.other.transport.close()


class _Near(_End):
    """The end behind the walls: what it says waits until the service has answered the call."""

    def __init__(self, relay: Relay, target: tuple[str, int]) -> None:
        self.relay = relay
        self.target = target
        self.other = self  # until there is another

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self.relay.calls) >= CONNECTIONS:
            self.transport.abort()
            return
        self.transport.pause_reading()
        self.relay.calls[self] = self.relay.loop.create_task(self._call())

    async def _call(self) -> None:
        far = _End()
        far.other = self
        try:
            calling = self.relay.loop.create_connection(lambda: far, *self.target)
            await asyncio.wait_for(calling, CONNECT_SECONDS)
        except OSError:
            self.transport.abort()
            return
        self.other = far
        if self.transport.is_closing():
            far.transport.close()
        else:
            self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self.relay.calls.pop(self, None)
        super().connection_lost(exc)


class Relay:
    """Accepts at listeners that stand behind the walls, in a thread outside of them.

    Args:
        doors: each listener, and where it leads to.
    """

    def __init__(self, doors: list[tuple[socket.socket, tuple[str, int]]]) -> None:
        self.doors = doors
        self.calls: dict[_Near, asyncio.Task[None]] = {}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        servers = [self.loop.run_until_complete(self._serve(*door)) for door in self.doors]
        try:
            self.loop.run_forever()
        finally:
            for server in servers:
                server.close()
            for near in [*self.calls]:
                near.transport.abort()
                near.other.transport.abort()
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

    async def _serve(self, listener: socket.socket, target: tuple[str, int]) -> asyncio.Server:
        return await self.loop.create_server(lambda: _Near(self, target), sock=listener)

    def close(self) -> None:
        """Cut every connection."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
