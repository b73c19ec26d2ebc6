"""Child processes in a session of their own that end with their parent (PR_SET_PDEATHSIG, on Linux), and process trees."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

# Looked up here: between fork and exec nothing may be imported.
_set_option = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, however that happens (Linux only)."""
    if _set_option is not None:
        _set_option(1, signal.SIGKILL, 0, 0, 0)


def _tied() -> dict[str, Any]:
    if os.name != "posix":
        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    return {"start_new_session": True, "preexec_fn": die_with_parent if _set_option else None}


_lasting: dict[int, ThreadPoolExecutor] = {}


def popen_with_pdeathsig(command: list[str], **how: Any) -> subprocess.Popen[Any]:
    """Start a process that dies with its parent, from a thread that stays.

    The kernel takes the thread that forks for the parent: what a thread of a check has started would die with that thread.
    """
    if threading.current_thread() is threading.main_thread():
        return subprocess.Popen(command, **how)
    lasting = _lasting.setdefault(os.getpid(), ThreadPoolExecutor(1, "starts-processes"))
    return lasting.submit(lambda: subprocess.Popen(command, **how)).result()


WITH_PDEATHSIG = _tied()  # for subprocess.Popen; only Linux ends the process when this one is killed


def peer_closed(control: socket.socket) -> bool:
    """Whether nobody listens at the other end any more.

    Asked without reading: what is to be read another thread may be waiting for, and take away in between.
    """
    try:
        poll = select.poll()
        poll.register(control, select.POLLIN)
        return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))
    except (OSError, ValueError):
        return True


def end_tree(process: subprocess.Popen[Any]) -> None:
    """Kill a process this program started, with everything that descends from it."""
    import psutil

    # One that has ended has no descendants any more, and its number may by now be somebody else's.
    if process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            for member in psutil.Process(process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
    process.kill()
    process.wait()
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()


def clean_environment() -> dict[str, str]:
    """This process's environment without what would change how Python or pytest behave."""
    unwanted = ("PYTHON", "PYTEST_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)} | {
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
