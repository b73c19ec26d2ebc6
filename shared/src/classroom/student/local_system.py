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
from classroom.core.processes import WITH_PDEATHSIG, clean_environment, end_tree
from classroom.services.cache import Cache
from classroom.services.storage import LOCAL_SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

START_SECONDS = 60
END_SECONDS = 5
UVICORN = ("-m", "uvicorn", "--host", HOST, "--timeout-graceful-shutdown", "2")
COLORS = {"storage": "yellow", "cache": "blue", "a": "cyan", "b": "magenta", "balancer": "green", "worker": "white"}
INSTANCES = ("a", "b")
EFFECTS = {
    "storage": "nothing can be uploaded or played",
    "cache": "the site continues without one",
    "balancer": "the site cannot be reached",
    "worker": "the other workers take over its work",
}


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
        files: the folder in which the storage keeps uploads.
        environment: the addresses of the database.
        ports: the ports of the parts.
        show: called with the name of a part and each line that it prints, from a thread per part.
        workers: how many programs `app.worker` to run.

    Attributes:
        ended: the names of the parts that have stopped, in this order.
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
    ) -> None:
        self.workers = workers
        self.folder, self.storage, self.ports, self.show = folder, storage, ports, show
        self.cache = Cache()
        address = f"http://{HOST}:{ports.storage}"
        self.environment = {
            **clean_environment(),
            "STORAGE_SECRET": LOCAL_SECRET,
            **environment,
            "STORAGE_FOLDER": str(files),
            "STORAGE_URL": address,
            "STORAGE_PUBLIC_URL": address,
            "CACHE_URL": self.cache.url,
        }
        self.parts: dict[str, Part] = {}
        self.ended: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._readers: dict[str, threading.Thread] = {}
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
            self._begin("cache", self.cache.port, self.cache.command(), self.folder)
        self._await("storage")
        # One after the other: that both can start at the same time is a task of the week.
        for name, port in zip(INSTANCES, self.ports.instances, strict=True):
            self._begin(name, port, [*UVICORN, "app.main:app"], self.folder)
            self._await(name)
        balancer = ["-P", "-m", "classroom.student.balancer", *map(str, (self.ports.site, *self.ports.instances))]
        self._begin("balancer", self.ports.site, balancer, self.folder)
        for name in self.parts:
            self._await(name)
        for number in range(1, self.workers + 1):
            self._begin(f"worker{number}", 0, ["-m", "app.worker"], self.folder)

    def _begin(self, name: str, port: int, arguments: list[str], folder: Path) -> None:
        command = arguments if name == "cache" else [sys.executable, *arguments]
        if arguments[: len(UVICORN)] == list(UVICORN):
            command += ["--port", str(port)]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            **WITH_PDEATHSIG,
        )
        self.parts[name] = Part(name, port, process)
        self._readers[name] = threading.Thread(target=self._listen, args=(name, process), daemon=True)
        self._readers[name].start()

    def _listen(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with contextlib.suppress(ValueError, OSError), process.stdout:
            for line in process.stdout:
                if not self._closing:
                    self.show(name, line.rstrip("\r\n"))
        process.wait()
        self.ended.put(name)

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

    def close(self) -> None:
        """Stop all parts, the balancer first, so that no part sends a request to one that has stopped."""
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


def line_printer() -> Callable[[str, str], None]:
    """Return a function that prints a line of a part after the part's name, in the part's color."""
    from rich.console import Console
    from rich.text import Text

    console, one_at_a_time = Console(highlight=False, soft_wrap=True), threading.Lock()

    def show(name: str, line: str) -> None:
        with one_at_a_time:
            console.print(Text(f"{name:>8}  {line}", style=COLORS[_kind(name)]))

    return show


def run_system(system: LocalSystem, log: Callable[[str], None]) -> int:
    """Run a system until Ctrl-C, or until no instance is left.

    Args:
        system: the system, not started yet.
        log: called with each line for the user.

    Returns:
        0 after Ctrl-C, 1 if the system stopped by itself.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, interrupt) for number in signals]
    try:
        return _watch(system, log)
    except KeyboardInterrupt:
        return 0
    finally:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave some parts running
        system.close()
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _watch(system: LocalSystem, log: Callable[[str], None]) -> int:
    try:
        system.start()
    except PartEndedError as error:
        log(str(error))
        return 1
    log(f"Open http://{HOST}:{system.ports.site}/docs in your browser. Press Ctrl-C to stop.")
    for part in system.parts.values():
        address = f"{HOST}:{part.port}" if part.port else "no port"
        log(f"  {part.name:<8}  {address:<15}  process {part.process.pid}")
    while True:
        try:
            name = system.ended.get(timeout=0.5)  # without a timeout, Ctrl-C is not noticed on Windows
        except queue.Empty:
            continue
        left = [instance for instance in INSTANCES if instance in system.left()]
        if name in INSTANCES and not left:
            log(f"{name} has stopped {system.parts[name].how_it_ended}, and no instance is left: stopping everything.")
            return 1
        effect = f"the site continues with {left[0]}" if name in INSTANCES else EFFECTS[_kind(name)]
        log(f"{name} has stopped {system.parts[name].how_it_ended}: {effect}. Press Ctrl-C to stop the rest.")


def _kind(name: str) -> str:
    return name.rstrip("0123456789")


def _end_family(process: subprocess.Popen[str]) -> None:
    """Kill a part with everything it started; it leads a process group of its own."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    elif process.poll() is None:
        end_tree(process)
