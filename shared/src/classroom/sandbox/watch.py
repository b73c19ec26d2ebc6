"""An eye on what an app and all its children use together, since the limits of a process count for that process alone."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = 1_000_000_000
PROCESSES = 16
CPU = 150  # seconds, of all processes that a submission has ever had
SECONDS = 0.1
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def children(pid: int) -> list[int]:
    """The children of a process, of all its threads."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path("/proc", str(pid), "task").iterdir():
            with contextlib.suppress(OSError, ValueError):
                found += map(int, (task / "children").read_text().split())
    return found


def family(pid: int) -> list[int]:
    """Everything that descends from a process, without itself."""
    found = children(pid)
    for one in found:
        found += children(one)
    return found


def memory(pids: list[int], most: int) -> int:
    """Bytes of memory that these processes hold together.

    What forks share is counted for each at first; only where that is too much it is looked at page by page.
    """
    held = sum(_resident(pid) for pid in pids)
    return held if held <= most else sum(_share(pid) for pid in pids)


def _resident(pid: int) -> int:
    try:
        return int(Path("/proc", str(pid), "statm").read_text().split()[1]) * PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _share(pid: int) -> int:
    """A process's own memory, and its share of what it has together with others."""
    try:
        for line in Path("/proc", str(pid), "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return _resident(pid)
    return 0


class Spent:
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
                told = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
                user, system, children_user, children_system = map(int, told[11:15])
                key = (pid, int(told[19]))  # a number may be given again: the time of its start tells which it is
            except (OSError, ValueError, IndexError):
                continue
            self.own[key] = user + system
            self.awaited[key] = user + system + children_user + children_system
        return max(sum(self.own.values()), sum(self.awaited[key] for key in self.awaited if key[0] in pids)) / TICKS


class Watch:
    """A thread that ends all processes of an app when they use too much together.

    Args:
        processes: what belongs to the app at this moment.
        output: where the reason is told, as if the app had printed it.
        spent: the CPU time so far, also of apps that have been ended.
    """

    def __init__(self, processes: Callable[[], list[int]], output: int, spent: Spent) -> None:
        self.processes = processes
        self.spent = spent
        self.output = os.dup(output)
        self.told = False
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self.over.wait(SECONDS):
            pids = self.processes()
            if len(pids) > PROCESSES:
                self._end(f"it had more than {PROCESSES} processes")
            elif memory(pids, MEMORY) > MEMORY:
                self._end(f"it used more than {MEMORY // 1_000_000} MB of memory")
            elif self.spent.look(pids) > CPU:
                self._end(f"it computed for more than {CPU} s in all")
        os.close(self.output)

    def _end(self, why: str) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if self.told:
            return  # CPU time that is spent stays spent: said at each look, it would push out what the app has printed
        self.told = True
        os.set_blocking(self.output, False)
        with contextlib.suppress(OSError):
            os.write(self.output, f"\nThe app was ended: {why}.\n".encode())

    def close(self) -> None:
        """Look away."""
        self.over.set()
        self.thread.join()
