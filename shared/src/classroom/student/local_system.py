"""A whole system on one machine: each part is a process, and each line it prints is shown after its name."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from classroom.core.errors import UsageError
from classroom.core.ports import HOST, Ports, listens
from classroom.core.processes import clean_environment, end_tree, popen_for_lines
from classroom.core.scratch import ScratchDir
from classroom.services.cache import Cache
from classroom.services.storage import LOCAL_SECRET
from classroom.student.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from classroom.services.postgres.database import Database

START_SECONDS = 60
END_SECONDS = 5
MOST_LAG_SECONDS = 60.0
UVICORN = ("-m", "uvicorn", "--host", HOST, "--timeout-graceful-shutdown", "2")
INSTANCES = ("a", "b")


class PartEndedError(UsageError):
    """A part stopped while the system was starting."""


@dataclass(frozen=True)
class Part:
    """A process of the system, and the port it listens on; 0 means none."""

    name: str
    port: int
    process: subprocess.Popen[str]

    @property
    def how_it_ended(self) -> str:
        """Return how the process ended, in parentheses."""
        code = self.process.returncode
        return f"(killed by {signal.Signals(-code).name})" if code < 0 else f"(exit status {code})"


class LocalSystem:
    """Storage, cache, two instances and a balancer, started one after the other and stopped together.

    Args:
        folder: the folder that contains `app/`.
        storage: the folder that contains the course's `storage/`.
        files: the folder in which the storage server keeps uploads.
        environment: the addresses of the database.
        ports: the ports of the parts.
        show: called with the name of a part and each line that it prints, from a thread per part.
        workers: how many programs `app.worker` to run.
        database: the database of *environment*, for what is done to it or read from it while the system runs.

    Attributes:
        ended: the parts that have stopped by themselves, in this order.
        replica_lag: how many seconds reads are behind; at first what REPLICA_LAG_SECONDS says.
    """

    def __init__(
        self,
        folder: Path,
        storage: Path,
        files: Path,
        environment: Mapping[str, str],
        ports: Ports,
        show: Callable[[str, str], None],
        *,
        workers: int = 0,
        database: Database | None = None,
    ) -> None:
        self.workers, self.database = workers, database
        self.folder, self.storage, self.ports, self.show = folder, storage, ports, show
        self.cache, self._scratch = Cache(), ScratchDir("system")
        self.records = Records(self._scratch.path)
        address = f"http://{HOST}:{ports.storage}"
        self.environment = {
            **clean_environment(),
            "STORAGE_SECRET": LOCAL_SECRET,
            **environment,
            "STORAGE_FOLDER": str(files),
            "STORAGE_URL": address,
            "STORAGE_PUBLIC_URL": address,
            "CACHE_URL": self.cache.url,
            **self.records.environment(),
        }
        self.replica_lag = _number(self.environment.get("REPLICA_LAG_SECONDS", ""))
        self.parts: dict[str, Part] = {}
        self.ended: queue.SimpleQueue[Part] = queue.SimpleQueue()
        self._readers: dict[str, threading.Thread] = {}
        self._killed: set[subprocess.Popen[str]] = set()  # by `kill`
        self._turn = threading.RLock()  # parts are killed and started from several threads
        self._closing = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start every part, and wait until each one accepts connections.

        Raises:
            PartEndedError: one did not start.
        """
        self._begin("storage", self.ports.storage, [*UVICORN, "storage.main:app"], self.storage)
        if not self.cache.given:
            self._begin_again("cache")
        self._await("storage")
        # One after the other: that both can start at the same time is a task of the week.
        for name in INSTANCES:
            self._begin_again(name)
            self._await(name)
        balancer = ["-P", "-m", "classroom.student.balancer", *map(str, (self.ports.site, *self.ports.instances))]
        balancer += ["--counters", str(self.records.balancer)]
        self._begin("balancer", self.ports.site, balancer, self.folder)
        for name in self.parts:
            self._await(name)
        for number in range(1, self.workers + 1):
            self._begin_again(f"worker{number}")

    @property
    def cache_url(self) -> str:
        """Return the cache's address."""
        return self.cache.url

    @property
    def transcode_log(self) -> Path:
        """Return the file in which the workers note their jobs."""
        return self.folder / self.environment.get("TRANSCODE_LOG", "transcode.log")

    def set_replica_lag(self, seconds: float) -> None:
        """Let reads see the database as it was this many seconds ago, from now on; 0 for no lag, 60 at most."""
        self.replica_lag = min(MOST_LAG_SECONDS, max(0.0, seconds))
        self.records.write_lag(self.replica_lag)

    def kill(self, name: str) -> bool:
        """Kill a part with all that it has started; return whether it was running."""
        with self._turn:
            process = self.parts[name].process
            if self._closing or process.poll() is not None:
                return False
            self._killed.add(process)
            _end_family(process)
            return True

    def restart(self, name: str) -> bool:
        """Start an instance, the cache or a worker unless it is running; return whether it was not.

        Raises:
            PartEndedError: it did not start.
        """
        with self._turn:
            if self._closing or self.parts[name].process.poll() is None:
                return False
            self._readers[name].join(END_SECONDS)
            self._begin_again(name)
        if self.parts[name].port:
            self._await(name)
        return True

    def _begin_again(self, name: str) -> None:
        if name == "cache":
            self._begin(name, self.cache.port, self.cache.command(), self.folder)
        elif name not in INSTANCES:
            self._begin(name, 0, ["-m", "app.worker"], self.folder)
        else:
            port = self.ports.instances[INSTANCES.index(name)]
            self._begin(name, port, [*UVICORN, "app.main:app"], self.folder)

    def _begin(self, name: str, port: int, arguments: list[str], folder: Path) -> None:
        command = arguments if name == "cache" else [sys.executable, *arguments]
        if arguments[: len(UVICORN)] == list(UVICORN):
            command += ["--port", str(port)]
        process = popen_for_lines(command, folder, self.environment)
        self.parts[name] = part = Part(name, port, process)
        self._readers[name] = threading.Thread(target=self._listen, args=(part,), daemon=True)
        self._readers[name].start()

    def _listen(self, part: Part) -> None:
        process = part.process
        assert process.stdout is not None
        with contextlib.suppress(ValueError, OSError), process.stdout:
            for line in process.stdout:
                if not self._closing:
                    self.show(part.name, line.rstrip("\r\n"))
        process.wait()
        if process not in self._killed:
            self.ended.put(part)

    def _await(self, name: str) -> None:
        part = self.parts[name]
        late = time.monotonic() + START_SECONDS
        while not listens(part.port):
            if part.process.poll() is not None:
                self._readers[name].join(1)
                raise PartEndedError(f"{name} did not start {part.how_it_ended}: see the lines above.")
            if time.monotonic() > late:
                raise PartEndedError(f"{name} did not start within {START_SECONDS} seconds.")
            time.sleep(0.02)

    def left(self) -> list[str]:
        """Return the names of the parts that are running."""
        return [name for name, part in self.parts.items() if part.process.poll() is None]

    def killed(self) -> list[str]:
        """Return the names of the parts that `kill` has killed and that have not been restarted."""
        return [name for name, part in self.parts.items() if part.process in self._killed]

    def close(self) -> None:
        """Stop all parts, the balancer first, so that no part sends a request to one that has stopped."""
        with self._turn:
            self._closing = True
        parts = list(reversed(self.parts.values()))
        for part in parts:
            part.process.terminate()
        late = time.monotonic() + END_SECONDS
        for part in parts:
            with contextlib.suppress(subprocess.TimeoutExpired):
                part.process.wait(max(0.0, late - time.monotonic()))
            _end_family(part.process)
            self._readers[part.name].join(END_SECONDS)
        self.cache.close()
        self._scratch.close()


def _number(text: str) -> float:
    """Return the number in a string, or 0."""
    try:
        return float(text)
    except ValueError:
        return 0.0


def _end_family(process: subprocess.Popen[str]) -> None:
    """Kill a part with everything it started; it leads its own process group."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    elif process.poll() is None:
        end_tree(process)
