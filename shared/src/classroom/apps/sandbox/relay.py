"""Relay: connects a port in the sandbox to a service outside. It passes bytes both ways, and nothing else."""

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
with contextlib.suppress(ImportError):  # instructors have it on Linux; it halves the time that each message takes
    import uvloop

    new_event_loop = uvloop.new_event_loop


def rewrite_url(url: str, targets: dict[int, Service], sockets: Mapping[int, str] | None = None) -> str:
    """Return the URL of a service as an app in the sandbox reaches it: on the loopback interface there.

    Args:
        url: one without a host and a port is returned unchanged.
        targets: the service that each port in the sandbox leads to; this URL's is added.
        sockets: the Unix sockets that loopback ports stand for.
    """
    parts = urlsplit(url)
    postgres = parts.scheme.startswith("postgres")
    try:
        host, port = parts.hostname, parts.port or (POSTGRES if postgres else None)
    except ValueError:
        return url
    if not host or not port:
        return url
    inside = POSTGRES if postgres else port
    service = Service(host, port, postgres, (sockets or {}).get(port) if host in LOOPBACK else None)
    if host == "localhost" and targets.get(inside) == service._replace(host="127.0.0.1"):
        return url  # the same port by another name, which is known in the sandbox, too
    while targets.setdefault(inside, service) != service:
        inside += 1
    login, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{login}{at}127.0.0.1:{inside}"))


class Relay:
    """Accepts at listeners in the sandbox, in a thread outside it.

    Args:
        targets: each listener, and the service that it leads to.
        users: the database roles that may log in through a Unix socket.
    """

    def __init__(self, targets: list[tuple[socket.socket, Service]], users: frozenset[str] = frozenset()) -> None:
        self.targets = targets
        self.connections: set[Downstream] = set()
        self.pools = [SessionPool(users if service.path else None) for _, service in targets]
        self.loop = new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        servers = [
            self.loop.run_until_complete(self._serve(*target, pool))
            for target, pool in zip(self.targets, self.pools, strict=True)
        ]
        try:
            self.loop.run_forever()
        finally:
            for server in servers:
                server.close()
            for pool in self.pools:
                pool.close()
            for connection in [*self.connections]:
                connection.transport.abort()
                connection.peer.transport.abort()
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

    async def _serve(self, listener: socket.socket, service: Service, pool: SessionPool) -> asyncio.AbstractServer:
        def downstream() -> Downstream:
            if service.postgres:
                return PostgresDownstream(self.connections, self.loop, service, pool)
            return Downstream(self.connections, self.loop, service)

        return await self.loop.create_server(downstream, sock=listener)

    def close(self) -> None:
        """Close every connection."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
