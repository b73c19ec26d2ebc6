"""A whole system on one machine: its parts as processes side by side, each with its name before what it prints."""

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
GONE = {
    "storage": "nothing can be uploaded or played",
    "cache": "it goes on without one",
    "balancer": "nobody gets in",
    "worker": "its work is left to the others",
}


class PartEndedError(UsageError):
    """A part ended while the system was started."""


@dataclass(frozen=True)
class Part:
    """One process of the system, and where it listens."""

    name: str
    port: int
    process: subprocess.Popen[str]

    @property
    def how_it_ended(self) -> str:
        """The way it ended, in brackets."""
        code = self.process.returncode
        return f"(killed by {signal.Signals(-code).name})" if code < 0 else f"(exit status {code})"


class LocalSystem:
    """Storage, cache, two instances and a balancer, started one after the other and ended together.

    Args:
        folder: where `app/` lies.
        storage: where `storage/` lies, the course's own.
        files: where the storage keeps what is uploaded.
        environment: with the addresses of the database.
        ports: where everything listens.
        show: called with a part's name and each line that it prints, from a thread of its own.
        workers: how many programs `app.worker` run beside the instances.

    Attributes:
        ended: the names of the parts that have ended, in this order.
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
        """Start every part, and wait until each is there.

        Raises:
            PartEndedError: one did not come up.
        """
        self._begin("storage", self.ports.storage, [*UVICORN, "storage.main:app"], self.storage)
        if not self.cache.given:
            self._begin("cache", self.cache.port, self.cache.command(), self.folder)
        self._await("storage")
        # One after the other: that two may start at the same moment is a task of the week, and not there from the start.
        for name, port in zip(INSTANCES, self.ports.instances, strict=True):
            self._begin(name, port, [*UVICORN, "app.main:app"], self.folder)
            self._await(name)
        balancer = ["-P", "-m", "classroom.student.balancer", *map(str, (self.ports.site, *self.ports.instances))]
        self._begin("balancer", self.ports.site, balancer, self.folder)
        for name in self.parts:
            self._await(name)
        for number in range(1, self.workers + 1):
            self._begin(f"worker{number}", 0, ["-m", "app.worker"], self.folder)

    def _begin(self, name: str, port: int, words: list[str], folder: Path) -> None:
        command = words if name == "cache" else [sys.executable, *words]
        if words[: len(UVICORN)] == list(UVICORN):
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
                raise PartEndedError(f"{name} did not start {part.how_it_ended}: the lines above say why.")
            if time.monotonic() > late:
                raise PartEndedError(f"{name} was not there after {START_SECONDS} seconds.")
            time.sleep(0.02)

    def left(self) -> list[str]:
        """The names of the parts that are still there."""
        return [name for name, part in self.parts.items() if part.process.poll() is None]

    def close(self) -> None:
        """End all parts: those in front first, so that nobody asks one that has gone."""
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


def shower() -> Callable[[str, str], None]:
    """What prints a part's line after its name, in a colour of its own."""
    from rich.console import Console
    from rich.text import Text

    console, one_at_a_time = Console(highlight=False, soft_wrap=True), threading.Lock()

    def show(name: str, line: str) -> None:
        with one_at_a_time:
            console.print(Text(f"{name:>8}  {line}", style=COLORS[_kind(name)]))

    return show


def run_system(system: LocalSystem, told: Callable[[str], None]) -> int:
    """Run a system until Ctrl-C, or until no instance is left.

    Args:
        system: not started yet.
        told: called with a line for the person at the keyboard.

    Returns:
        0 after Ctrl-C, 1 where it ended by itself.
    """

    def ask_to_end(*_: object) -> None:
        raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, ask_to_end) for one in signals]
    try:
        return _watch(system, told)
    except KeyboardInterrupt:
        return 0
    finally:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        system.close()
        for one, former in zip(signals, before, strict=True):
            signal.signal(one, former)


def _watch(system: LocalSystem, told: Callable[[str], None]) -> int:
    try:
        system.start()
    except PartEndedError as error:
        told(str(error))
        return 1
    told(f"http://{HOST}:{system.ports.site}/docs shows the site in your browser. Ctrl-C stops it.")
    for part in system.parts.values():
        place = f"{HOST}:{part.port}" if part.port else "listens nowhere"
        told(f"  {part.name:<8}  {place:<15}  process {part.process.pid}")
    while True:
        try:
            name = system.ended.get(timeout=0.5)  # with no end to it, Windows would not hear of Ctrl-C
        except queue.Empty:
            continue
        left = [one for one in INSTANCES if one in system.left()]
        if name in INSTANCES and not left:
            told(f"{name} has ended {system.parts[name].how_it_ended}, and no instance is left: everything is stopped.")
            return 1
        goes_on = f"the site goes on with {left[0]}" if name in INSTANCES else GONE[_kind(name)]
        told(f"{name} has ended {system.parts[name].how_it_ended}: {goes_on}. Ctrl-C stops the rest.")


def _kind(name: str) -> str:
    return name.rstrip("0123456789")


def _end_family(process: subprocess.Popen[str]) -> None:
    """Kill a part with whatever it began; it leads a process group of its own."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    elif process.poll() is None:
        end_tree(process)
