"""Seccomp filter: the system calls that an app cannot make."""

from __future__ import annotations

import ctypes
import platform
import struct
from typing import TYPE_CHECKING

from .kernel import ALL_NAMESPACES, CLONE, MACHINES, PR_SET_SECCOMP, check, libc

if TYPE_CHECKING:
    from collections.abc import Collection

# Calls that no response to a request needs, and through which containers have been escaped from: user namespaces with
# all their rights, mounts, other processes' memory, keys, BPF, io_uring; and memory that no limit counts.
# Name: its number on x86_64, and on aarch64 where it exists.
REFUSED: dict[str, tuple[int, int | None]] = {
    # mounts, namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "unshare": (272, 97),
    "setns": (308, 268),
    # other processes and their memory
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    # keys
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # the least tested parts of the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # mounts, by the newer calls
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "pidfd_getfd": (438, 438),
    "mount_setattr": (442, 442),
    # memory that no limit counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    # the kernel, its modules, its swap
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    # the whole machine: accounting, quotas, clocks, the log, files by handle
    "acct": (163, 89),
    "quotactl": (179, 60),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "syslog": (103, 116),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "kcmp": (312, 272),
    "fanotify_init": (300, 262),
    # files that all submissions see: who watches them learns what the others open
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27),
    # hardware of x86 machines
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    # the cores that this submission was given
    "sched_setaffinity": (203, 122),
    # the process's own root, host name and personality
    "chroot": (161, 51),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "personality": (135, 92),
}
CLONE3 = (435, 435)
SOCKET = (41, 198)
SETSOCKOPT = (54, 208)
FCNTL = (72, 25)
_AUDIT_ARCH = (0xC000003E, 0xC00000B7)
_X32 = 0x40000000  # numbers from here on are x32 calls, which x86_64 kernels may accept
_FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6
_SOL_SOCKET, _BUFFER_SIZES = 1, (7, 8)  # SO_SNDBUF, SO_RCVBUF
_F_NOTIFY = 1026  # an older kind of inotify
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97

# linux/filter.h, linux/seccomp.h
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT, _SECOND_ARGUMENT_AT, _THIRD_ARGUMENT_AT = 0, 4, 16, 24, 32
_FILTER_MODE = 2
Instruction = tuple[int, int, int, int]  # code, instructions to skip where true, where false, operand


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install_filter(allowed: Collection[str] = ()) -> None:
    """Apply the filter to this process and all that come from it; other machines than the two known ones have none.

    Args:
        allowed: calls of `REFUSED` that are not refused.

    Raises:
        OSError: the kernel does not accept it.
    """
    machine = platform.machine()
    if machine not in MACHINES:
        return
    program = filter_for(machine, allowed)
    whole = _Program(len(program) // 8, program)
    check(libc.prctl(PR_SET_SECCOMP, _FILTER_MODE, ctypes.byref(whole), 0, 0), "seccomp")


def filter_for(machine: str, allowed: Collection[str] = ()) -> bytes:
    """Return the filter as the kernel reads it, 8 bytes for each instruction.

    Args:
        machine: one of `MACHINES`.
        allowed: calls of `REFUSED` that are not refused.
    """
    column = MACHINES.index(machine)
    instructions = [
        *_check_machine(column),
        *(
            step
            for name, numbers in REFUSED.items()
            if name not in allowed
            for step in _refuse(numbers[column], _EPERM)
        ),
        # The arguments of clone3 cannot be looked at: without it, the C library falls back to clone.
        *_refuse(CLONE3[column], _ENOSYS),
        *_refuse_if(CLONE[column], _FIRST_ARGUMENT_AT, _ANY_BIT, ALL_NAMESPACES),
        *_ignore_buffer_sizes(SETSOCKOPT[column]),
        *_refuse_if(FCNTL[column], _SECOND_ARGUMENT_AT, _EQUAL, _F_NOTIFY),
        *_refuse_families(SOCKET[column]),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)


def _check_machine(column: int) -> list[Instruction]:
    """Kill a process that uses another architecture's system calls, and load the call's number."""
    instructions = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, _AUDIT_ARCH[column]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if MACHINES[column] == "x86_64":
        instructions += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    return instructions


def _refuse(number: int | None, error: int) -> list[Instruction]:
    """Refuse a call with this error."""
    return [] if number is None else [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | error)]


def _refuse_if(number: int, argument_at: int, test: int, value: int) -> list[Instruction]:
    """Refuse a call if one of its arguments passes a test: it equals a value, or has any bit of it."""
    return [
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, argument_at),
        (test, 0, 1, value),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _ignore_buffer_sizes(number: int) -> list[Instruction]:
    """Let setsockopt leave the buffers of a socket as large as they are: no limit of memory counts what they hold."""
    count = len(_BUFFER_SIZES)
    return [
        (_EQUAL, 0, 5 + count, number),
        (_LOAD, 0, 0, _SECOND_ARGUMENT_AT),
        (_EQUAL, 0, 1 + count, _SOL_SOCKET),
        (_LOAD, 0, 0, _THIRD_ARGUMENT_AT),
        *((_EQUAL, count - index, 0, option) for index, option in enumerate(_BUFFER_SIZES)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO),
    ]


def _refuse_families(number: int) -> list[Instruction]:
    """Refuse sockets that reach past a network namespace (vsock), or deep into the kernel."""
    count = len(_FAMILIES)
    return [
        (_EQUAL, 0, 2 + count, number),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        *((_EQUAL, count - index, 0, family) for index, family in enumerate(_FAMILIES)),
        (_RETURN, 0, 0, _ERRNO | _EAFNOSUPPORT),
    ]
