"""Write a database into a file and read it back, with PostgreSQL's own pg_dump and pg_restore from the wheel."""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import IO, TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import cache_folder, full_scratch_disk, make_folder, write_secret
from classroom.core.scratch import ScratchDir
from classroom.services.postgres.servers.binaries import find_programs, plain_environment, shell_safe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.services.postgres.access import Access
    from classroom.services.postgres.servers.binaries import Programs

SECONDS = 1800
DUMP = ("pg_dump", "--format=custom", "--no-owner", "--no-privileges")
RESTORE = ("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")


def conninfo_of(access: Access) -> str:
    """Return how to log in as libpq reads it."""
    return make_conninfo(
        host=access.socket_dir or access.host,
        port=access.port,
        user=access.user,
        password=access.password,
        dbname=access.database,
    )


def dump(conninfo: str, to: Path) -> None:
    """Write a consistent copy of a database into a new file, while others go on working with it.

    Raises:
        CouldNotCheck: the database cannot be read, or the disk is full.
    """
    with to.open("xb") as file:
        _run(DUMP, conninfo, subprocess.DEVNULL, file, to)


def restore(conninfo: str, file: Path) -> None:
    """Read such a file into an empty database, all of it or nothing.

    Raises:
        CouldNotCheck: the database refuses it, or the file is damaged.
    """
    with file.open("rb") as source:
        _run(RESTORE, conninfo, source, subprocess.DEVNULL, file)


def _run(command: tuple[str, ...], conninfo: str, stdin: IO[bytes] | int, stdout: IO[bytes] | int, file: Path) -> None:
    # The account that runs PostgreSQL for root can enter it; the folder for temporary files may be root's alone.
    open_to_all = make_folder(shell_safe(cache_folder()), 0o755)
    programs = find_programs(open_to_all)
    with _without_password(conninfo, programs, open_to_all) as address:
        try:
            done = subprocess.run(
                [programs.path(command[0]), *command[1:], f"--dbname={address}"],
                stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True, errors="replace", timeout=SECONDS,
                cwd="/", env=plain_environment(), check=False, **programs.account,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise CouldNotCheck(f"{command[0]} did not finish in {SECONDS} seconds.") from None
    if done.returncode:
        if "No space left" in done.stderr or "Disk quota" in done.stderr:
            raise full_scratch_disk(file)
        said = [line for line in done.stderr.splitlines() if "error:" in line] or [done.stderr.strip() or "no reason"]
        raise CouldNotCheck(f"{said[0][:300].strip()}.")


@contextlib.contextmanager
def _without_password(conninfo: str, programs: Programs, folder: Path) -> Iterator[str]:
    """Yield an address whose password is in a file, because everyone can see the arguments of a process."""
    parts = conninfo_to_dict(conninfo)
    password = str(parts.pop("password", "")).replace("\\", "\\\\").replace(":", "\\:")
    with ScratchDir("password", folder) as scratch:
        if programs.account:
            scratch.chmod(0o711)  # its name is known to nobody else, and the file is for one account
        path = scratch / "password"
        write_secret(path, f"*:*:*:*:{password}\n")
        programs.give(path)
        yield make_conninfo(**{name: str(value) for name, value in parts.items()}, passfile=os.fspath(path))
