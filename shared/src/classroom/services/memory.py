"""A place in memory for the databases that nobody keeps: a disk makes and removes their three hundred files slowly.

It is a tablespace of the embedded server. What lasts from one run to the next stays on the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.services.folders import explained

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

NAME = "classroom_memory"
PLACE = Path("/dev/shm")  # noqa: S108 - a folder of ours there is made, or nothing is
LEAST_FREE = 2 * 1024**3  # bytes: four databases that have each grown as large as one may
MADE = "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = %s"
INSIDE = "SELECT datname FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE spcname = %s"


def has_room(place: Path) -> bool:
    """Tell whether a folder in memory is there, with room enough to work in."""
    try:
        return shutil.disk_usage(place).free >= LEAST_FREE
    except OSError:
        return False


def folder_name(home: Path) -> str:
    """Name the folder in memory of the server with this home: one for as long as the machine runs."""
    return f"classroom-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"


def put_back(data: Path, give: Callable[[Path], None]) -> bool:
    """Before a server starts: make its folder in memory again where that went with a restart of the machine.

    A server that was killed, too, writes there what its log holds, before it takes anybody in.

    Args:
        data: the server's data folder.
        give: makes the server's account the owner of a folder.

    Returns:
        Whether it was lost, and what it held.
    """
    lost = [Path(link.readlink()) for link in (data / "pg_tblspc").glob("*") if not link.exists()]
    for folder in lost:
        with explained(folder):
            folder.mkdir(mode=0o700)
        give(folder)
    return bool(lost)


def make_place(
    connection: psycopg.Connection[Any], home: Path, give: Callable[[Path], None], *, lost: bool = False
) -> None:
    """Let a server that was started just now have its place in memory, where the system offers one with room.

    Args:
        connection: as superuser, in autocommit.
        home: the server's folder.
        give: makes the server's account the owner of a folder.
        lost: whether the place had to be put back, so that the databases in it are ruins.
    """
    made = connection.execute(MADE, [NAME]).fetchone()
    if made and (lost or not any(Path(made[0]).glob("PG_*"))):
        for (name,) in connection.execute(INSIDE, [NAME]).fetchall():
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute(f"DROP TABLESPACE {NAME}")
        made = None
    if made is None and has_room(PLACE):
        folder = PLACE / folder_name(home)
        with contextlib.suppress(OSError):  # somebody else's folder of this name: then on the disk
            if folder.exists():  # of a server whose own folder was removed since
                shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
            give(folder)
            connection.execute(f"CREATE TABLESPACE {NAME} LOCATION '{folder}'")
