"""An eye on what an app and all its children use together, since the limits of a process count for that process alone."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = 1_000_000_000
PROCESSES = 16
CPU = 150  # seconds, of all processes that a submission has ever had
SECONDS, SHARE_SECONDS = 0.1, 1.0
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def _told(pid: int, name: str) -> bytes:
    """What the system tells of a process. Path.read_text takes three times as long, ten times a second for each thread."""
    with open(f"/proc/{pid}/{name}", "rb", buffering=0) as file:  # noqa: PTH123 - see above
        return file.read()


def children(pid: int) -> list[int]:
    """The children of a process, of all its threads."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - see above
            with contextlib.suppress(OSError, ValueError):
                found += map(int, _told(pid, f"task/{task}/children").split())
    return found


def family(pid: int) -> list[int]:
    """Everything that descends from a process, without itself."""
    found = children(pid)
    for one in found:
        found += children(one)
    return found


class Memory:
    """What processes hold together.

    What forks share is counted for each at first. Only where that is too much it is looked at page by page, which costs a
    millisecond for each process: at most once a second, unless what has been added since then may be too much.
    """

    def __init__(self) -> None:
        self.exact = self.counted = 0
        self.until = -math.inf

    def look(self, pids: list[int]) -> int:
        """Bytes that these processes hold: where that is little, not more than so many."""
        counted, now = sum(map(_resident, pids)), time.monotonic()
        if counted <= MEMORY:
            return counted
        if now >= self.until or self.exact + counted - self.counted > MEMORY:
            self.exact, self.counted, self.until = sum(map(_share, pids)), counted, now + SHARE_SECONDS
        return self.exact + max(0, counted - self.counted)


def _resident(pid: int) -> int:
    try:
        return int(_told(pid, "statm").split()[1]) * PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _share(pid: int) -> int:
    """A process's own memory, and its share of what it has together with others."""
    try:
        for line in _told(pid, "smaps_rollup").splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return _resident(pid)
    return 0


class CpuTime:
    """The CPU time of all processes that were ever seen: a limit of a process ends with it, and each fork has its own.

    A process counts with what it was last seen to have used; what a parent says of children that it has awaited counts
    where these came and went between two looks.
    """

    def __init__(self) -> None:
        self.own: dict[tuple[int, int], int] = {}
        self.awaited: dict[tuple[int, int], int] = {}

    def look(self, pids: list[int]) -> float:
        """Seconds that have been used so far, by these processes and all that were seen before."""
        for pid in pids:
            try:
                told = _told(pid, "stat").rpartition(b")")[2].split()
                user, system, children_user, children_system = map(int, told[11:15])
                key = (pid, int(told[19]))  # a number may be given again: the time of its start tells which it is
            except (OSError, ValueError, IndexError):
                continue
            self.own[key] = user + system
            self.awaited[key] = user + system + children_user + children_system
        return max(sum(self.own.values()), sum(self.awaited[key] for key in self.awaited if key[0] in pids)) / TICKS


class Watch:
    """A thread that ends all of a submission's apps when they use too much together.

    It looks from the first app that is added to the last that is dropped.

    Args:
        processes: what belongs to the apps at this moment.
        spent: the CPU time so far, also of apps that have been ended.
    """

    def __init__(self, processes: Callable[[], list[int]], spent: CpuTime) -> None:
        self.processes = processes
        self.spent = spent
        self.memory = Memory()
        self.changing = threading.Lock()
        self.outputs: dict[int, bool] = {}  # of each app, and whether it has been told
        self.over = threading.Event()
        self.thread: threading.Thread | None = None

    def add(self, output: int) -> int:
        """Look at one more app, which is told on its output why it was ended; returns what `drop` takes."""
        # Opened again and not duplicated: O_NONBLOCK belongs to the open file, and the app's own prints would fail with it.
        mine = os.open(f"/proc/self/fd/{output}", os.O_WRONLY | os.O_NONBLOCK)
        with self.changing:
            self.outputs[mine] = False
            if self.thread is None:
                self.over = threading.Event()
                self.thread = threading.Thread(target=self._run, args=[self.over], daemon=True)
                self.thread.start()
        return mine

    def drop(self, mine: int) -> None:
        """This app has ended; where it was the last, look away."""
        ending = None
        with self.changing:
            del self.outputs[mine]
            os.close(mine)
            if not self.outputs:
                ending, self.thread = self.thread, None
                self.over.set()
        if ending is not None:
            ending.join()

    def _run(self, over: threading.Event) -> None:
        while not over.wait(SECONDS):
            pids = self.processes()
            if len(pids) > PROCESSES:
                self._end(f"it had more than {PROCESSES} processes")
            elif self.memory.look(pids) > MEMORY:
                self._end(f"it used more than {MEMORY // 1_000_000} MB of memory")
            elif self.spent.look(pids) > CPU:
                self._end(f"it computed for more than {CPU} s in all")

    def _end(self, why: str) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with self.changing:
            for output, told in self.outputs.items():
                if told:
                    continue  # CPU time stays spent: said at each look, it would push out what the app has printed
                self.outputs[output] = True
                with contextlib.suppress(OSError):
                    os.write(output, f"\nThe app was ended: {why}.\n".encode())
