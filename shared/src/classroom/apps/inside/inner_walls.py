"""Inner walls: what the fork server puts around each app, inside the sandbox that bubblewrap has built around both.

Everything here runs before anything of a submission does. An app gets namespaces of its own (user, mount, process, IPC,
host name, network), sees its own files and no others, and has a process 1 of its own above it: killing that one ends
everything in the namespace.
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
from typing import TYPE_CHECKING

from .kernel import (
    PR_CAP_AMBIENT,
    PR_CAPBSET_DROP,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    check,
    fork_into_namespaces,
    libc,
    prctl,
)
from .seccomp import install_filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOMS, SUBMISSION, GIVEN, LOGS = "/rooms", "/submission", "/given", "/logs"
NOBODY = 65534
# Folders covered by an empty file system, and its size. A new /proc cannot be mounted inside the sandbox.
COVERS = {ROOMS: "4k", "/dev/pts": "4k", "/dev/shm": "16m", "/tmp": "64m", "/proc": "4k"}  # noqa: S108
FILES_IN_COVER = 4096

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 32, 4096, 16384, 1 << 18
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_CAPABILITY_VERSION_3 = 0x20080522


class NoWalls(Exception):
    """The walls cannot be built here; the message is the system's own."""


def _mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    options = None if data is None else data.encode()
    check(libc.mount(*texts, ctypes.c_ulong(flags), options), f"mount {target}")


def drop_root() -> None:
    """Become nobody for good, if bubblewrap was started by root."""
    if os.getuid() != 0:
        return
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    # A process that has changed its user may not write its own id maps, unless it says so.
    prctl(PR_SET_DUMPABLE, 1)


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
    user, group = os.getuid(), os.getgid()
    here, there = socket.socketpair()
    with here, there:
        try:
            first = fork_into_namespaces()
        except OSError as error:
            raise NoWalls(str(error)) from None
        if first == 0:
            with _reporting(there):
                _map_user(user, group)
                _build(room, logs, keep)
                listeners = listen(ports)
                socket.send_fds(there, [b"{}"], [listener.fileno() for listener in listeners])
                _serve_as_first(run)
        there.close()
        message, descriptors, _, _ = socket.recv_fds(here, 4096, 16)
    result = json.loads(message or b'{"trouble": "the walls were not finished"}')
    if "trouble" in result:
        os.waitpid(first, 0)
        raise NoWalls(result["trouble"])
    return first, descriptors


@contextlib.contextmanager
def _reporting(starter: socket.socket) -> Iterator[None]:
    """End this fork of the fork server at the end of the block, and report an error in it first: no app may start then."""
    try:
        yield
    except BaseException as error:  # noqa: BLE001 - see above
        with contextlib.suppress(OSError):
            starter.send(json.dumps({"trouble": str(error)[:1000]}).encode())
    finally:
        os._exit(0)


def _build(room: str, logs: Sequence[str], keep: Sequence[str]) -> None:
    """Build the walls around this process, which is in namespaces of its own already."""
    _mount(None, "/", flags=_MS_REC | _MS_PRIVATE)
    _bind_files(room)
    _bind_logs(room, logs)
    for path, size in COVERS.items():
        _cover(path, size, keep)
    _raise_loopback()


def _map_user(uid: int, gid: int) -> None:
    """Keep the user and the group in the new namespace."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        Path("/proc/self", name).write_text(text, encoding="ascii")
    # Where memory runs out, the kernel is to kill the app and not what started it.
    Path("/proc/self/oom_score_adj").write_text("900", encoding="ascii")


def _bind_files(room: str) -> None:
    """Bind this app's files; the rooms are mounted read-only, and so is what is bound from them."""
    for name, target in (("submission", SUBMISSION), ("given", GIVEN)):
        source = Path(ROOMS, room, name)
        if room and source.is_dir():
            _mount(str(source), target, flags=_MS_BIND)


def _bind_logs(room: str, names: Sequence[str]) -> None:
    """Bind the files that this app may write and its checks read, and hide the folder with those of all apps."""
    kept = [(name, os.open(f"{LOGS}/{room}.{name}", os.O_PATH)) for name in names]
    _mount("none", LOGS, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=4k,nr_inodes=64,mode=755")
    for name, descriptor in kept:
        Path(LOGS, name).touch()
        _mount(f"/proc/self/fd/{descriptor}", f"{LOGS}/{name}", flags=_MS_BIND)
        os.close(descriptor)
    _mount(None, LOGS, flags=_MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)


def _cover(path: str, size: str, keep: Sequence[str]) -> None:
    """Mount a small file system over a folder, and bind again what must stay visible below it."""
    if not Path(path).is_dir():
        return
    kept = [(below, os.open(below, os.O_PATH)) for below in keep if below.startswith(path + "/")]
    options = f"size={size},nr_inodes={FILES_IN_COVER},mode=1777"
    _mount("none", path, "tmpfs", _MS_NOSUID | _MS_NODEV, options)
    for below, descriptor in kept:
        Path(below).mkdir(parents=True, exist_ok=True)
        _mount(f"/proc/self/fd/{descriptor}", below, flags=_MS_BIND | _MS_REC)
        os.close(descriptor)
    if size == "4k":
        _mount(None, path, flags=_MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)


def _raise_loopback() -> None:
    """Bring up the loopback interface, the only one of the new network namespace."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        name = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(control, _SIOCGIFFLAGS, name))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def listen(ports: Sequence[int]) -> list[socket.socket]:
    """Listen at these ports; the relay outside the sandbox accepts there and connects to the services."""
    return [socket.create_server(("127.0.0.1", port), backlog=128) for port in ports]


def _serve_as_first(run: Callable[[], None]) -> None:
    """Be process 1 of the namespace: give up all capabilities, start the app, and reap processes until it exits."""
    os.setsid()
    drop_capabilities()
    app = os.fork()
    if app == 0:
        run()
        os._exit(1)
    os.closerange(0, _most_descriptors())
    while os.wait()[0] != app:
        pass


def _most_descriptors() -> int:
    import resource

    return min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 1 << 20)


def close_other_fds(*descriptors: int) -> None:
    """Close every descriptor from 3 on except these."""
    first = 3
    for descriptor in sorted(descriptors):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, _most_descriptors())


def drop_capabilities() -> None:
    """Give up every capability for good.

    Without them no mount can be undone, and a new user namespace, which would bring new ones, locks the mounts.
    """
    for capability in range(64):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    libc.prctl(PR_CAP_AMBIENT, 4, 0, 0, 0)
    header, nothing = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    check(libc.capset(header, nothing), "capset")
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def counts_processes_by_namespace() -> bool:
    """Return whether RLIMIT_NPROC counts by user namespace, as from Linux 5.14 on; before, it counts the whole account."""
    try:
        major, minor = (int(part) for part in platform.release().split("-")[0].split(".")[:2])
    except ValueError:
        return False
    return (major, minor) >= (5, 14)


def why_not_nestable() -> str | None:
    """Try to build inner walls; return the system's own reason if it cannot be done, else None."""

    def leave() -> None:
        install_filter()
        os._exit(0)

    try:
        first, _ = run_in_namespaces(leave)
    except NoWalls as error:
        return str(error)
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    return None
