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
SECONDS = 0.1
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


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


class Watch:
    """A thread that ends all processes of an app when they use too much together.

    Args:
        processes: what belongs to the app at this moment.
        output: where the reason is told, as if the app had printed it.
    """

    def __init__(self, processes: Callable[[], list[int]], output: int) -> None:
        self.processes = processes
        self.output = os.dup(output)
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
        os.close(self.output)

    def _end(self, why: str) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        os.set_blocking(self.output, False)
        with contextlib.suppress(OSError):
            os.write(self.output, f"\nThe app was ended: {why}.\n".encode())

    def close(self) -> None:
        """Look away."""
        self.over.set()
        self.thread.join()
