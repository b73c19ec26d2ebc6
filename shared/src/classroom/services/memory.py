"""A place in memory for the databases that nobody keeps: a disk makes and removes their three hundred files slowly.

It is a tablespace of the embedded server. What lasts from one run to the next stays on the disk.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

NAME = "classroom_memory"
PLACE = Path("/dev/shm")  # noqa: S108 - not a file of ours to be foreseen: its folder is made by mkdtemp
LEAST_FREE = 2 * 1024**3  # bytes: four databases that have each grown as large as one may
MADE = "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = %s"
INSIDE = "SELECT datname FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE spcname = %s"


def has_room(place: Path) -> bool:
    """Tell whether a folder in memory is there, with room enough to work in."""
    try:
        return shutil.disk_usage(place).free >= LEAST_FREE
    except OSError:
        return False


def make_place(connection: psycopg.Connection[Any], give: Callable[[Path], None]) -> None:
    """Let a server that was started just now have its place in memory, where the system offers one with room.

    Args:
        connection: as superuser, in autocommit.
        give: makes the server's account the owner of a folder.
    """
    made = connection.execute(MADE, [NAME]).fetchone()
    if made and not any(Path(made[0]).glob("PG_*")):  # the machine was started anew
        for (lost,) in connection.execute(INSIDE, [NAME]).fetchall():
            connection.execute(f"DROP DATABASE {lost} WITH (FORCE)")
        connection.execute(f"DROP TABLESPACE {NAME}")
        made = None
    if made is None and has_room(PLACE):
        folder = Path(tempfile.mkdtemp(prefix="classroom-", dir=PLACE))
        give(folder)
        connection.execute(f"CREATE TABLESPACE {NAME} LOCATION '{folder}'")
