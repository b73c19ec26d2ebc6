"""Inner walls: what the fork server puts around each app, inside the sandbox that bubblewrap has built around both.

Nothing of the kit is imported, so that this file can be handed in beside `fork_server.py`. Everything here runs before
anything of a submission does. An app gets namespaces of its own (user, mount, process, IPC, host name, network), sees
its own files and no others, and has process 1 of its own above it: when that one is killed, everything goes.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import signal
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

ROOMS, SUBMISSION, GIVEN, LOGS = "/rooms", "/submission", "/given", "/logs"
NOBODY = 65534
# What is covered with an empty file system of its own, and how large that is. A new /proc cannot be mounted in here.
COVERS = {ROOMS: "4k", "/dev/pts": "4k", "/dev/shm": "16m", "/tmp": "64m", "/proc": "4k"}  # noqa: S108
FILES_IN_COVER = 4096

_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000
_ALL_NEW = _NEWNS | _NEWCGROUP | _NEWUTS | _NEWIPC | _NEWUSER | _NEWPID | _NEWNET
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 32, 4096, 16384, 1 << 18
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 22, 24, 38, 47
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_CAPABILITY_VERSION_3 = 0x20080522


class NoWalls(Exception):
    """The walls cannot be built here; the text is the system's own."""


def _must(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise NoWalls(f"{what}: {os.strerror(code)}")


def _mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    options = None if data is None else data.encode()
    _must(_libc.mount(*texts, ctypes.c_ulong(flags), options), f"mount {target}")


def drop_root() -> None:
    """Where bubblewrap was started by root, the fork server gives up being root for good."""
    if os.getuid() != 0:
        return
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    # A process that has changed its user may not write its own id maps, unless it says so.
    _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)


def run_in_namespaces(
    run: Callable[[], None],
    *,
    room: str = "",
    logs: Sequence[str] = (),
    ports: Sequence[int] = (),
    keep: Sequence[str] = (),
) -> tuple[int, list[int]]:
    """Start `run` behind inner walls.

    Args:
        run: becomes the app and never returns.
        room: the folder below `/rooms` with the app's files.
        logs: the names of the files that the app may write.
        ports: the loopback ports that lead to services.
        keep: folders that stay visible although they are below something covered.

    Returns:
        Process 1 of the new namespace, and the listeners at the ports.

    Raises:
        NoWalls: they cannot be built.
    """
    here, there = socket.socketpair()
    with here, there:
        builder = os.fork()
        if builder == 0:
            with _reporting(there):
                _build(room, logs, keep)
                listeners = listen(ports)
                first = _fork_first(run)
                descriptors = [listener.fileno() for listener in listeners]
                socket.send_fds(there, [json.dumps({"first": first}).encode()], descriptors)
        there.close()
        message, descriptors, _, _ = socket.recv_fds(here, 4096, 16)
        os.waitpid(builder, 0)
    told = json.loads(message or b'{"trouble": "the walls were not finished"}')
    if "trouble" in told:
        raise NoWalls(told["trouble"])
    return int(told["first"]), descriptors


@contextlib.contextmanager
def _reporting(starter: socket.socket) -> Iterator[None]:
    """End this fork of the fork server at the end of the block, and report an error in it first: no app may start then."""
    try:
        yield
    except BaseException as error:  # noqa: BLE001 - see above
        starter.send(json.dumps({"trouble": str(error)[:1000]}).encode())
    finally:
        os._exit(0)


def _build(room: str, logs: Sequence[str], keep: Sequence[str]) -> None:
    """Build the walls around this process."""
    _namespaces()
    _own_files(room)
    _logs(room, logs)
    for path, size in COVERS.items():
        _cover(path, size, keep)
    _loopback()


def _namespaces() -> None:
    uid, gid = os.getuid(), os.getgid()
    _must(_libc.unshare(_ALL_NEW), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        Path("/proc/self", name).write_text(text, encoding="ascii")
    # Where memory runs out the app goes, not what started it.
    Path("/proc/self/oom_score_adj").write_text("900", encoding="ascii")
    _mount(None, "/", flags=_MS_REC | _MS_PRIVATE)


def _own_files(room: str) -> None:
    """Bind this app's room; the rooms are read-only already, and what is bound from them is too."""
    for name, target in (("submission", SUBMISSION), ("given", GIVEN)):
        source = Path(ROOMS, room, name)
        if room and source.is_dir():
            _mount(str(source), target, flags=_MS_BIND)


def _logs(room: str, names: Sequence[str]) -> None:
    """Bind the files that this app may write and who checks it reads; of the folder with all of them nothing else stays."""
    held = [(name, os.open(f"{LOGS}/{room}.{name}", os.O_PATH)) for name in names]
    _mount("none", LOGS, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=4k,nr_inodes=64,mode=755")
    for name, descriptor in held:
        Path(LOGS, name).touch()
        _mount(f"/proc/self/fd/{descriptor}", f"{LOGS}/{name}", flags=_MS_BIND)
        os.close(descriptor)
    _mount(None, LOGS, flags=_MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)


def _cover(place: str, size: str, keep: Sequence[str]) -> None:
    """Put a small file system over a folder; what must stay visible below it is bound again."""
    if not Path(place).is_dir():
        return
    kept = [(path, os.open(path, os.O_PATH)) for path in keep if path.startswith(place + "/")]
    options = f"size={size},nr_inodes={FILES_IN_COVER},mode=1777"
    _mount("none", place, "tmpfs", _MS_NOSUID | _MS_NODEV, options)
    for path, descriptor in kept:
        Path(path).mkdir(parents=True, exist_ok=True)
        _mount(f"/proc/self/fd/{descriptor}", path, flags=_MS_BIND | _MS_REC)
        os.close(descriptor)
    if size == "4k":
        _mount(None, place, flags=_MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)


def _loopback() -> None:
    """Bring up the loopback of the new network namespace; nothing else is in it."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        asked = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(control, _SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def listen(ports: Sequence[int]) -> list[socket.socket]:
    """Listen at these ports; who accepts there is outside of the walls and leads on to the services."""
    return [socket.create_server(("127.0.0.1", port), backlog=128) for port in ports]


def _fork_first(run: Callable[[], None]) -> int:
    """Fork process 1 of the new namespace: without any right, it starts the app and collects the dead."""
    first = os.fork()
    if first != 0:
        return first
    try:
        os.setsid()
        drop_capabilities()
        app = os.fork()
        if app == 0:
            run()
            os._exit(1)
        os.closerange(0, _most_descriptors())
        while os.wait()[0] != app:
            pass
    finally:
        os._exit(0)


def _most_descriptors() -> int:
    import resource

    return min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 1 << 20)


def close_other_fds(*descriptors: int) -> None:
    """Close every descriptor from 3 on but these."""
    at = 3
    for descriptor in sorted(descriptors):
        os.closerange(at, descriptor)
        at = descriptor + 1
    os.closerange(at, _most_descriptors())


def drop_capabilities() -> None:
    """Give up every capability for good: without them no cover can be lifted, and a new user namespace locks them."""
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    _libc.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    header, nothing = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    _must(_libc.capset(header, nothing), "capset")
    _must(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def counts_processes_by_namespace() -> bool:
    """Whether RLIMIT_NPROC counts by user namespace (Linux 5.14): before, it counts everything of the same account."""
    try:
        major, minor = (int(part) for part in platform.release().split("-")[0].split(".")[:2])
    except ValueError:
        return False
    return (major, minor) >= (5, 14)


# The system calls that no answer to a request needs, and from which ways out of containers have been made: other user
# namespaces with all their rights, mounts, other processes' memory, keys, BPF, io_uring; and memory that no limit sees.
_CALLS = {
    "x86_64": (
        0xC000003E,
        *(165, 166, 155, 272, 308, 101, 310, 311, 248, 249, 250, 321, 298, 323, 425, 426, 427, 428, 429, 430, 431, 432),
        *(433, 438, 442, 319, 447, 29, 68, 246, 320, 175, 313, 176, 167, 168, 169, 163, 179, 164, 227, 159, 305, 103),
        *(303, 304, 312, 300, 172, 173, 154, 161, 170, 171, 135),
    ),
    "aarch64": (
        0xC00000B7,
        *(40, 39, 41, 97, 268, 117, 270, 271, 217, 218, 219, 280, 241, 282, 425, 426, 427, 428, 429, 430, 431, 432),
        *(433, 438, 442, 279, 447, 194, 186, 104, 294, 105, 273, 106, 224, 225, 142, 89, 60, 170, 112, 171, 266, 116),
        *(264, 265, 272, 262, 51, 161, 162, 92),
    ),
}
# PostgreSQL holds a small segment of shared memory, by which a second server notices the first.
NEEDED_BY_SERVICES = {"x86_64": (29, 30, 31, 67), "aarch64": (194, 195, 196, 197)}.get(platform.machine(), ())
_CLONE = {"x86_64": 56, "aarch64": 220}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_CLONE3, _X32 = 435, 0x40000000
_FAMILIES = (1, 2, 10)  # Unix, IPv4, IPv6
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97


def install_seccomp(allowed: Collection[int] = ()) -> None:
    """Refuse the system calls above with EPERM, but for those *allowed*, in this process and all that come from it."""
    machine = platform.machine()
    if machine not in _CALLS:
        return
    architecture, *refused = _CALLS[machine]
    lines: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
    ]
    lines += [(_LOAD, 0, 0, _NUMBER_AT)]
    refused = [number for number in refused if number not in allowed]
    if machine == "x86_64":
        lines += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    for number in refused:
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    # The arguments of clone3 cannot be looked at: without it, the C library takes clone.
    lines += [(_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    lines += [
        (_EQUAL, 0, 4, _CLONE[machine]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_ANY_BIT, 0, 1, _ALL_NEW),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    # Sockets of other families reach past a network namespace (vsock), or deep into the kernel.
    lines += [(_EQUAL, 0, 2 + len(_FAMILIES), _SOCKET[machine]), (_LOAD, 0, 0, _FIRST_ARGUMENT_AT)]
    lines += [(_EQUAL, len(_FAMILIES) - place, 0, family) for place, family in enumerate(_FAMILIES)]
    lines += [(_RETURN, 0, 0, _ERRNO | _EAFNOSUPPORT), (_RETURN, 0, 0, _ALLOW)]
    program = b"".join(struct.pack("HBBI", code, true, false, value) for code, true, false, value in lines)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    whole = Program(len(lines), program)
    _must(_libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(whole), 0, 0), "seccomp")


def why_not_nestable() -> str | None:
    """Try to build inner walls; return the system's own reason where it cannot be done, else None."""

    def leave() -> None:
        install_seccomp()
        os._exit(0)

    try:
        first, _ = run_in_namespaces(leave)
    except NoWalls as error:
        return str(error)
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    return None
