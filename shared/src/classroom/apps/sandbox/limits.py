"""Limits on what an app and all its children use together; the limits of a process count for that process alone."""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = 1_000_000_000  # bytes
PROCESSES = 16
SOCKETS = (
    1000  # of a network namespace: with buffers of the usual size they hold some 200 MB, which nothing else counts
)
SOCKETS_EVERY = 10  # measurements
CPU = 150  # seconds, of all processes that a submission has ever had
# After GREEDY seconds of CPU, a submission continues at priority NICE, so that it does not slow others.
GREEDY, NICE = 15, 19
SECONDS, SHARE_SECONDS = 0.1, 1.0  # between two measurements, and between two exact ones of memory
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def _read_proc(pid: int, name: str) -> bytes:
    """Return a file of /proc. Path.read_text takes three times as long, and this runs ten times a second for each app."""
    with open(f"/proc/{pid}/{name}", "rb", buffering=0) as file:  # noqa: PTH123 - see above
        return file.read()


def children(pid: int) -> list[int]:
    """Return the children of a process, by all its threads."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - see above
            with contextlib.suppress(OSError, ValueError):
                found += map(int, _read_proc(pid, f"task/{task}/children").split())
    return found


def descendants(pid: int) -> list[int]:
    """Return everything that descends from a process."""
    found = children(pid)
    for child in found:
        found += children(child)
    return found


def sockets(pid: int) -> int:
    """Return how many sockets there are in the network namespace of a process.

    The kernel's own count: the lists in net/tcp and net/unix cost milliseconds, as the whole machine's table is searched.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(_read_proc(pid, "net/sockstat").split(b"\n", 1)[0].split()[2])
    return 0


def lower_priority(pids: list[int]) -> None:
    """Let these processes, with all their threads, compute only when nobody else wants to.

    The session of a process that is just being started may still be the fork server's, which starts other submissions.
    """
    for pid in pids:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - see above
                os.setpriority(os.PRIO_PROCESS, int(thread), NICE)
        with contextlib.suppress(OSError):
            leader = os.getsid(pid)
            if leader in pids or not os.path.exists(f"/proc/{leader}"):  # noqa: PTH110 - see above
                lower_session(pid)


def lower_session(pid: int, nice: int = NICE) -> None:
    """Lower the priority of a process's session: Linux divides CPU time among sessions first.

    What `setpriority` sets only counts within a session (sched(7), autogroup), and each process of a PostgreSQL server
    that serves a connection has its own.

    Args:
        pid: the process.
        nice: the priority, up to 19, which is the lowest; a session that has a lower one keeps it.

    Raises:
        OSError: this kernel does not group by session, or less than a tenth of a second has passed since the last change.
    """
    if int(_read_proc(pid, "autogroup").rpartition(b" ")[2]) < nice:
        with open(f"/proc/{pid}/autogroup", "wb", buffering=0) as file:  # noqa: PTH123 - as above
            file.write(b"%d" % nice)


class Memory:
    """The memory that processes hold together.

    Memory that forks share is counted once for each of them at first. Only if that is too much is it measured page by
    page, which takes a millisecond for each process: at most once a second, unless the growth since then may be too much.
    """

    def __init__(self) -> None:
        self.exact = self.counted = 0
        self.until = -math.inf

    def look(self, pids: list[int], limit: int = MEMORY) -> int:
        """Return how many bytes these processes hold; an upper bound while that is under the limit."""
        counted, now = sum(map(_resident, pids)), time.monotonic()
        if counted <= limit:
            return counted
        if now >= self.until or self.exact + counted - self.counted > limit:
            self.exact, self.counted, self.until = sum(map(_share, pids)), counted, now + SHARE_SECONDS
        return self.exact + max(0, counted - self.counted)


def _resident(pid: int) -> int:
    try:
        return int(_read_proc(pid, "statm").split()[1]) * PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _share(pid: int) -> int:
    """Return a process's own memory and its share of what it has in common with others, in bytes."""
    try:
        for line in _read_proc(pid, "smaps_rollup").splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return _resident(pid)
    return 0


class CpuTime:
    """The CPU time of all processes that were ever seen: a process's own limit ends with it, and each fork has a new one.

    A process counts with what it had used when it was last seen. Children that come and go between two measurements
    count with what their parent says of those that it has reaped.

    Attributes:
        seconds: what was used when it was last measured.
    """

    def __init__(self) -> None:
        self.own: dict[tuple[int, int], int] = {}
        self.with_reaped: dict[tuple[int, int], int] = {}
        self.seconds = 0.0

    def look(self, pids: list[int]) -> float:
        """Return the seconds used so far, by these processes and all that were seen before."""
        for pid in pids:
            try:
                fields = _read_proc(pid, "stat").rpartition(b")")[2].split()
                user, system, children_user, children_system = map(int, fields[11:15])
                key = (pid, int(fields[19]))  # a pid may be used again: the start time makes it unique
            except (OSError, ValueError, IndexError):
                continue
            self.own[key] = user + system
            self.with_reaped[key] = user + system + children_user + children_system
        reaped = sum(self.with_reaped[key] for key in self.with_reaped if key[0] in pids)
        self.seconds = max(sum(self.own.values()), reaped) / TICKS
        return self.seconds


@dataclass(frozen=True)
class Limits:
    """What processes may use together.

    Attributes:
        memory: bytes.
        processes: their number.
        cpu: seconds, ended processes included.
        greedy: seconds after which they give way to others; correct submissions of week 5 use half of them.
    """

    memory: int = MEMORY
    processes: int = PROCESSES
    cpu: float = CPU
    greedy: float = GREEDY


APPS = Limits()


class Usage:
    """What a group of processes uses, measured again and again.

    Args:
        spent: the CPU time so far, also of processes that have ended.
    """

    def __init__(self, spent: CpuTime) -> None:
        self.spent = spent
        self.memory = Memory()
        self._looks = itertools.count()

    def excess(self, pids: list[int], limits: Limits) -> str | None:
        """Return what these processes have too much of, after "it" or "they", or None; slow down greedy ones."""
        if len(pids) > limits.processes:
            return f"had more than {limits.processes} processes"
        if self.memory.look(pids, limits.memory) > limits.memory:
            return f"used more than {limits.memory // 1_000_000} MB of memory"
        if next(self._looks) % SOCKETS_EVERY == 0 and any(sockets(pid) > SOCKETS for pid in pids):
            return f"had more than {SOCKETS} sockets"
        if (spent := self.spent.look(pids)) > limits.cpu:
            return f"used more than {limits.cpu:g} s of CPU time in total"
        if spent > limits.greedy:
            lower_priority(pids)
        return None


class Watch:
    """A thread that kills all of a submission's apps when they use too much together.

    It runs from the first app that is added to the last that is dropped.

    Args:
        processes: returns the processes of the apps at this moment.
        spent: the CPU time so far, also of apps that have ended.
    """

    def __init__(self, processes: Callable[[], list[int]], spent: CpuTime) -> None:
        self.processes = processes
        self.usage = Usage(spent)
        self.changing = threading.Lock()
        self.outputs: dict[int, bool] = {}  # of each app, and whether it says already why the app was ended
        self.over = threading.Event()
        self.thread: threading.Thread | None = None

    def add(self, output: int) -> int:
        """Watch one more app; return what `drop` takes.

        Args:
            output: the descriptor of its output, which gets a line when the app is killed.
        """
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
        """Stop watching an app that has exited."""
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
            if excess := self.usage.excess(self.processes(), APPS):
                self._kill(f"it {excess}")

    def _kill(self, why: str) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with self.changing:
            for output, reported in self.outputs.items():
                if reported:
                    continue  # CPU time stays used up: a line each time would push out what the app has printed
                self.outputs[output] = True
                with contextlib.suppress(OSError):
                    os.write(output, f"\nThe app was stopped: {why}.\n".encode())
