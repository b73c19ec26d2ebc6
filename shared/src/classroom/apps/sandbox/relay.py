"""What leads from a port behind the walls to a service outside: bytes both ways, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from classroom.apps.sandbox.relay_ends import Downstream, Service
from classroom.apps.sandbox.session_pool import PostgresDownstream, SessionPool

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

POSTGRES = 5432
LOOPBACK = ("127.0.0.1", "localhost")

new_event_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
with contextlib.suppress(ImportError):  # instructors have it on Linux: half of the time that each message takes
    import uvloop

    new_event_loop = uvloop.new_event_loop


def rewrite_url(address: str, doors: dict[int, Service], sockets: Mapping[int, str] | None = None) -> str:
    """How a service's address reads behind the walls: on the loopback there.

    Args:
        address: a URL; one without a host and a port is left as it is.
        doors: where each port behind the walls leads to; this address's is added.
        sockets: the Unix sockets that loopback ports stand for.
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
    service = Service(host, port, postgres, (sockets or {}).get(port) if host in LOOPBACK else None)
    if host == "localhost" and doors.get(inside) == service._replace(host="127.0.0.1"):
        return address  # the same port by another name, which the walls know, too
    while doors.setdefault(inside, service) != service:
        inside += 1
    login, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{login}{at}127.0.0.1:{inside}"))


class Relay:
    """Accepts at listeners that stand behind the walls, in a thread outside of them.

    Args:
        doors: each listener, and where it leads to.
        users: the database roles that may log in by way of a Unix socket.
    """

    def __init__(self, doors: list[tuple[socket.socket, Service]], users: frozenset[str] = frozenset()) -> None:
        self.doors = doors
        self.ends: set[Downstream] = set()
        self.sessions = [SessionPool(users if service.path else None) for _, service in doors]
        self.loop = new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        servers = [
            self.loop.run_until_complete(self._serve(*door, sessions))
            for door, sessions in zip(self.doors, self.sessions, strict=True)
        ]
        try:
            self.loop.run_forever()
        finally:
            for server in servers:
                server.close()
            for sessions in self.sessions:
                sessions.close()
            for end in [*self.ends]:
                end.transport.abort()
                end.other.transport.abort()
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

    async def _serve(self, listener: socket.socket, service: Service, sessions: SessionPool) -> asyncio.AbstractServer:
        def downstream() -> Downstream:
            if service.postgres:
                return PostgresDownstream(self.ends, self.loop, service, sessions)
            return Downstream(self.ends, self.loop, service)

        return await self.loop.create_server(downstream, sock=listener)

    def close(self) -> None:
        """Cut every connection."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
