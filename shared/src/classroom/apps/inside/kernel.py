"""Linux calls that Python has no function for, through the C library."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
from typing import Any

libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None

# Options of prctl.
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
# Flags of clone.
_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000
ALL_NAMESPACES = _NEWNS | _NEWCGROUP | _NEWUTS | _NEWIPC | _NEWUSER | _NEWPID | _NEWNET

MACHINES = ("x86_64", "aarch64")
CLONE = (56, 220)  # its number on each


def prctl(option: int, value: int) -> None:
    """Set an option of this process; nothing happens on other systems than Linux, or where the kernel is too old for it."""
    if sys.platform == "linux":
        libc.prctl(option, value, 0, 0, 0)


def check(result: int, what: str) -> None:
    """Raise the error of the C library's last call, unless its result is 0.

    Raises:
        OSError: `what`, and the system's own reason.
    """
    if result != 0:
        raise OSError(f"{what}: {os.strerror(ctypes.get_errno())}")


def fork_into_namespaces() -> int:
    """Fork as os.fork() does, but into new namespaces, where the child is process 1; return its pid, or 0 in the child.

    The C library of the child does not know the child's own thread ID: it must not start threads. Its own forks may.

    Raises:
        OSError: the system does not allow it, or the call's number is not known here.
    """
    machine = platform.machine()
    if machine not in MACHINES:
        raise OSError(f"clone: unknown on {machine}")
    fork: Any = ctypes.PyDLL(None, use_errno=True).syscall  # keeps the interpreter's lock, as os.fork() does
    python: Any = ctypes.pythonapi
    python.PyOS_BeforeFork()
    pid = int(
        fork(CLONE[MACHINES.index(machine)], ctypes.c_ulong(ALL_NAMESPACES | signal.SIGCHLD), None, None, None, None)
    )
    error = ctypes.get_errno()
    if pid == 0:
        python.PyOS_AfterFork_Child()
    else:
        python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(f"clone: {os.strerror(error)}")
    return pid
