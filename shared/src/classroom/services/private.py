"""The services of one submission, in their own sandbox, which ends with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.services.cache import CACHE_PORT
from classroom.services.postgres.servers.cluster import PORT
from classroom.services.postgres.servers.private import PrivateServer
from classroom.services.private_cache import PrivateCache
from classroom.services.sandbox import ServiceSandbox

if TYPE_CHECKING:
    from collections.abc import Sequence


class PrivateServices:
    """A database server and a cache, or only one of the two.

    They are started without waiting until they respond, so they can be made ahead; a fork of this process can use them.

    Args:
        names: of the services that are not given for all submissions.

    Raises:
        CouldNotCheck: they cannot be started here.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.sandbox = ServiceSandbox()
        try:
            self.postgres = PrivateServer(self.sandbox) if "postgres" in names else None
        except BaseException:
            self.sandbox.close()
            raise
        self._cache = "cache" in names

    def begin(self) -> None:
        """Wait until they respond, and enforce their limits from now on.

        Raises:
            CouldNotCheck: they do not start.
        """
        self.sandbox.begin()
        if self.postgres is not None:
            self.postgres.ready()

    def cache(self) -> PrivateCache | None:
        """Return the cache, which `start` starts; None if it is not one of these services."""
        return PrivateCache(self.sandbox) if self._cache else None

    def sockets(self) -> dict[int, str]:
        """Return the Unix socket that each loopback port of the services' addresses stands for."""
        found = {} if self.postgres is None else {PORT: self.postgres.socket_path}
        if self._cache:
            found[CACHE_PORT] = PrivateCache(self.sandbox).socket_path
        return found

    def close(self) -> None:
        """Kill them; what was stored in them is lost."""
        self.sandbox.close()
