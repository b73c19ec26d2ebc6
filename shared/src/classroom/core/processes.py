"""Child processes in their own session that end with their parent (PR_SET_PDEATHSIG, on Linux), and process trees."""

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
    from collections.abc import Mapping
    from pathlib import Path

# Looked up here, because nothing may be imported between fork and exec.
_set_option = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends in any way (Linux only)."""
    if _set_option is not None:
        _set_option(1, signal.SIGKILL, 0, 0, 0)


def _popen_options() -> dict[str, Any]:
    if os.name != "posix":
        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    return {"start_new_session": True, "preexec_fn": die_with_parent if _set_option else None}


_starters: dict[int, ThreadPoolExecutor] = {}


def popen_with_pdeathsig(command: list[str], **options: Any) -> subprocess.Popen[Any]:
    """Start a process that dies with its parent, from a thread that lives as long as this process.

    To the kernel the parent is the thread that forks, so a process started by a thread of a check would die with that thread.
    """
    if threading.current_thread() is threading.main_thread():
        return subprocess.Popen(command, **options)
    starter = _starters.setdefault(os.getpid(), ThreadPoolExecutor(1, "starts-processes"))
    return starter.submit(lambda: subprocess.Popen(command, **options)).result()


WITH_PDEATHSIG = _popen_options()  # for subprocess.Popen; only Linux kills the process when this one is killed


def popen_for_lines(command: list[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a process whose output, errors included, is read as lines of text; it dies with this one."""
    return popen_with_pdeathsig(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        **WITH_PDEATHSIG,
    )


def peer_closed(control: socket.socket) -> bool:
    """Return whether the other end of a socket is closed.

    It polls instead of reading: another thread may be waiting for the data.
    """
    try:
        poll = select.poll()
        poll.register(control, select.POLLIN)
        return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))
    except (OSError, ValueError):
        return True


def end_tree(process: subprocess.Popen[Any]) -> None:
    """Kill a child process and all its descendants."""
    import psutil

    # An ended process has no descendants, and its number may belong to another process by now.
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
    """Return this process's environment without variables that change how Python or pytest behave."""
    unwanted = ("PYTHON", "PYTEST_", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)} | {
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
