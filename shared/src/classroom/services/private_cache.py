"""The cache of one submission, in the sandbox of its services: whatever keeps it from responding is the submission's doing."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.services.cache import ANSWER_SECONDS, CACHE_PORT, OPTIONS, Cache, arguments_for, engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classroom.services.sandbox import ServiceSandbox

SOCKET = "cache.sock"
LIMITS = {"AS": 1_000_000_000, "FSIZE": 1_000_000, "CORE": 0}


class PrivateCache(Cache):
    """The cache of one submission, behind a Unix socket."""

    def __init__(self, sandbox: ServiceSandbox) -> None:
        self.given = None
        self.is_exposed: Callable[[], bool] = lambda: False
        self._place = None
        self.port = CACHE_PORT
        self.sandbox = sandbox
        self._runs = False

    @property
    def socket_path(self) -> str:
        """Return the path of its Unix socket, as this process can open it."""
        return f"{self.sandbox.sockets}/{SOCKET}"

    @property
    def _client_url(self) -> str:
        return f"unix://{self.socket_path}"

    def command(self) -> list[str]:
        """Return the command line that starts it.

        Raises:
            CouldNotCheck: no cache server is installed.
        """
        if (program := engine()) is None:
            raise CouldNotCheck("The sandbox needs a cache server: run `make setup`, or install the valkey package.")
        return [program, *arguments_for({**OPTIONS, "port": 0, "unixsocket": f"{self.sandbox.FOLDER}/{SOCKET}"})]

    def start(self) -> None:
        """Start it, empty, unless it is running.

        Raises:
            CouldNotCheck: it does not start, before anything of the submission has run.
            AssertionError: it does not start afterwards.
        """
        if not self._runs:
            command = self.command()
            with self._blamed():
                self.sandbox.start("cache", command, LIMITS)
            self._runs = True
            self._await(self._may_live)

    def stop(self) -> None:
        """Kill it; its contents are lost."""
        if self._runs:
            self._runs = False
            with self._blamed():
                self.sandbox.stop("cache")

    def flush(self) -> None:
        """Empty it; if the submission has stopped it or keeps it busy, restart it.

        Raises:
            AssertionError: it does not start again.
        """
        try:
            super().flush()
        except (OSError, CouldNotCheck, AssertionError):
            self.stop()
            self.start()

    def close(self) -> None:
        """Leave it to its sandbox."""

    @contextlib.contextmanager
    def _blamed(self) -> Iterator[None]:
        """Turn a failure of the sandbox into the submission's, once it may have caused it."""
        try:
            yield
        except CouldNotCheck as error:
            raise self._failure(str(error)) from error

    def _failure(self, sentence: str) -> Exception:
        return AssertionError(sentence) if self.is_exposed() else CouldNotCheck(sentence)

    def _may_live(self) -> bool:
        if why := self.sandbox.ended():
            raise AssertionError(f"This submission's services were stopped: {why}.")
        return True

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(under_load(ANSWER_SECONDS))
            connection.connect(self.socket_path)
        except OSError:
            connection.close()
            raise
        return connection
