"""The outer walls: bubblewrap's command line, and why it may not be had."""

from __future__ import annotations

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
OF_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")
ACCOUNTS = {
    "passwd": f"nobody:x:{NOBODY}:{NOBODY}:nobody:/tmp:/usr/sbin/nologin\n",
    "group": f"nogroup:x:{NOBODY}:\n",
    "hosts": "127.0.0.1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - a folder inside the walls
    "LANG": "C.UTF-8",
    # Nobody there speaks TLS: without this, httpx reads a hundred authorities at each start of an app, 0.02 s.
    "SSL_CERT_DIR": "/etc/ssl/certs",
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
TRY_SECONDS = 20
SIZED = (0, 7)  # the first bubblewrap with --size
_stood: set[str | None] = set()  # where walls stood when tried: that they did not is never kept, it may be mended

GET_IT = "install it (Debian, Ubuntu: sudo apt-get install bubblewrap; Fedora: sudo dnf install bubblewrap)"
UBUNTU = "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
OWN_CODE = "for your own code on your own machine there is --sandbox none"


def interpreter() -> Path:
    """The interpreter itself, not a virtual environment's name for it."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()


def packages() -> list[str]:
    """The folders with packages that this interpreter sees."""
    return [path for path in map(os.path.abspath, sys.path) if path.endswith("-packages") and Path(path).is_dir()]


def seen() -> list[Path]:
    """What is shown, read-only, of the world outside: the system, the interpreter, the packages."""
    places = [Path(top, name) for top in ("/usr", "/usr/local") for name in SYSTEM]
    places = [place for place in places if place.is_dir() and not place.is_symlink()]
    homes = [Path(sys.base_prefix).resolve(), Path(sys.base_exec_prefix).resolve(), *map(Path, packages())]
    if interpreter().is_relative_to("/nix"):
        homes.append(Path("/nix/store"))
    for home in homes:
        if home not in (Path("/usr"), Path("/usr/local")) and not any(home.is_relative_to(place) for place in places):
            places.append(home)
    return places


def hidden() -> list[Path]:
    """What is never shown, even where it lies in something that is: the kit, and the course it stands in."""
    from classroom.core.assignment import weeks

    tops = [folder for folder in (*KIT.parents, Path.cwd()) if folder != folder.parent and weeks(folder)]
    return [KIT, *(path.parent for path in KIT.parents if path.name == "src"), *tops]


def command(*, nested: bool, rooms: Path, base: Path, logs: Sequence[str] = ()) -> list[str]:
    """Bubblewrap's command line, up to the program that runs behind it.

    Args:
        nested: inner walls will be built; else these are the walls of one app alone.
        rooms: the folder with all rooms, or the one room.
        base: the folder with `etc`, the few files that stand in for the system's, and `logs`, which apps may write.
        logs: the names of one app's own logs.
    """
    words = [shutil.which("bwrap") or "bwrap", *NAMESPACES, "--die-with-parent", "--new-session", *_identity()]
    words += ["--hostname", "localhost", "--dev", "/dev", "--dir", SUBMISSION, "--dir", GIVEN, "--dir", LOGS]
    if nested:
        words += ["--as-pid-1", "--proc", "/proc", "--dir", "/tmp", "--ro-bind", str(rooms), ROOMS]  # noqa: S108
        words += ["--bind", str(base / "logs"), LOGS]
    else:
        words += ["--dir", "/proc", *_sized("/tmp", 64), *_sized("/dev/shm", 16)]  # noqa: S108
        for name, target in (("submission", SUBMISSION), ("given", GIVEN)):
            words += ["--ro-bind", str(rooms / name), target]
        for name in logs:
            words += ["--bind", str(base / "logs" / f"{rooms.name}.{name}"), f"{LOGS}/{name}"]
    words += _system(base)
    return [*words, *_world(), "--remount-ro", "/dev", "--remount-ro", "/"]


def service_command(base: Path, sizes: Mapping[str, int]) -> list[str]:
    """Return bubblewrap's command line for the services of one submission, up to the program that runs inside.

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
    """Return the command line of the service host, inside."""
    return [str(interpreter()), "-I", "-S", "-B", f"{INSIDE}/service_host.py", str(control)]


def _identity() -> list[str]:
    """Root of the machine stays outside: what runs first becomes nobody, for which it may change its user."""
    if os.getuid() == 0:
        return ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]


def _system(base: Path) -> list[str]:
    """The names under which the system is found, the few files of /etc, and the fork server."""
    words: list[str] = []
    for name in LINKED:
        place = Path("/", name)
        if place.is_symlink():
            words += ["--symlink", os.readlink(place), str(place)]  # noqa: PTH115 - as it is written
        elif place.is_dir():
            words += ["--ro-bind", str(place), str(place)]
    words += _folders([Path("/etc/x"), Path(INSIDE, "x"), *seen()])
    for name in OF_ETC:
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for name in ACCOUNTS:
        words += ["--ro-bind", str(base / "etc" / name), f"/etc/{name}"]
    for file in HANDED_IN:
        words += ["--ro-bind", str(file), f"{INSIDE}/{file.name}"]
    return words


def _folders(places: list[Path]) -> list[str]:
    """Everything above these places, as folders that anybody may pass: bubblewrap's own way is to make them its owner's."""
    above = sorted({folder for place in places for folder in place.parents if folder != folder.parent})
    return [word for folder in above for word in ("--dir", str(folder))]


def _sized(place: str, megabytes: int) -> list[str]:
    """A small file system; one that cannot be written where bubblewrap cannot make it small (before 0.7, or setuid)."""
    setuid = os.getuid() != 0 and Path(shutil.which("bwrap") or "/").stat().st_mode & stat.S_ISUID
    if version() >= SIZED and not setuid:
        return ["--perms", "1777", "--size", str(megabytes << 20), "--tmpfs", place]
    return ["--tmpfs", place, "--remount-ro", place]


def _world() -> list[str]:
    """What is shown and what is covered, from the top down, so that each act holds against the ones before."""
    shown = seen()
    covered = [path for path in hidden() if path.is_dir() and any(path.is_relative_to(place) for place in shown)]
    acts = [(len(path.parts), "--ro-bind", path) for path in shown] + [
        (len(path.parts), "--tmpfs", path) for path in covered
    ]
    words: list[str] = []
    for _, act, path in sorted(set(acts)):
        words += [act, str(path), str(path)] if act == "--ro-bind" else [act, str(path), "--remount-ro", str(path)]
    return words


def program(control: int, libraries: list[str]) -> list[str]:
    """The fork server as it is started behind bubblewrap."""
    # -S: what the system's own packages do when Python starts (.pth files, sitecustomize) is none of the course's.
    # -u: -I turns PYTHONUNBUFFERED off, and what an app has printed would wait in its memory until 8 kB are together.
    return [str(interpreter()), "-I", "-S", "-B", "-u", f"{INSIDE}/{FORK_SERVER.name}", str(control), *libraries]


def make_base(base: Path) -> None:
    """Make the folders that the walls are built from, with the files that stand in for the system's."""
    for folder in (base, base / "rooms", base / "logs", base / "etc"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    for name, text in ACCOUNTS.items():
        (base / "etc" / name).write_text(text, encoding="ascii")
        (base / "etc" / name).chmod(0o644)


def version() -> tuple[int, ...]:
    """Bubblewrap's version, (0,) where it does not say."""
    done = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=False)
    numbers = done.stdout.strip().rpartition(" ")[2].split(".")
    return tuple(int(number) for number in numbers) if all(number.isdigit() for number in numbers) else (0,)


def why_unavailable(place: str | None = None) -> str | None:
    """None where walls can be had, else one sentence: why not, and what to do.

    Args:
        place: the folder for what is tried, where it is not that of all temporary files.
    """
    if place in _stood:
        return None
    trouble = _missing() or _tried(place)
    if trouble is None:
        _stood.add(place)
    return trouble


def _missing() -> str | None:
    if sys.platform != "linux":
        return f"The walls of official grading need Linux: grade in a virtual machine or on GitHub; {OWN_CODE}."
    if shutil.which("bwrap") is None:
        return f"The walls of official grading need bubblewrap, which is not there: {GET_IT}; {OWN_CODE}."
    return None


def _tried(place: str | None) -> str | None:
    """Build walls for once, and say why they do not stand."""
    with ScratchDir("walls", Path(place) if place else None) as room:
        make_base(room)
        words = command(nested=True, rooms=room / "rooms", base=room)
        try:
            done = subprocess.run(
                [*words, str(interpreter()), "-I", "-c", "print(1)"],
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
    return _why(done.stderr.strip().splitlines()[-1:] or [f"it ended with status {done.returncode}"])


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _why(said: list[str]) -> str:
    """The sentence for what bubblewrap said."""
    reason = said[0].removeprefix("bwrap: ").rstrip(".")[:200]
    if os.getuid() != 0 and _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            f"AppArmor forbids bubblewrap to build walls here ({reason}), as on GitHub's Ubuntu runners: run {UBUNTU}."
        )
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return (
            f"This container may not build walls of its own ({reason}): start it with --privileged, or with "
            "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --cap-add SYS_ADMIN, or grade outside of it."
        )
    for name, needed in (("kernel/unprivileged_userns_clone", "1"), ("user/max_user_namespaces", "10000")):
        if os.getuid() != 0 and _setting(name) == "0":
            sysctl = name.replace("/", ".")
            return f"This system forbids bubblewrap to build walls ({reason}): run sudo sysctl -w {sysctl}={needed}."
    if "execvp" in reason or "Permission denied" in reason:
        return (
            f"Python cannot be started behind bubblewrap's walls ({reason}): its folder must be readable for everybody."
        )
    return f"Bubblewrap cannot build walls here ({reason}): {GET_IT} anew, or grade on another machine; {OWN_CODE}."
