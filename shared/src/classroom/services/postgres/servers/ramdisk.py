"""A tablespace in /dev/shm for throwaway databases, because creating and deleting a database's 300 files is slow on disk.

It belongs to the embedded server. Databases that are kept between runs stay on disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import explained
from classroom.core.locks import Lock
from classroom.core.scratch import remove

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

NAME = "classroom_memory"
PLACE = Path("/dev/shm")  # noqa: S108 - a folder of ours there is made, or nothing is
LEAST_FREE = 2 * 1024**3  # bytes: four databases that have each grown as large as one may
HELD = ".held"  # locked by the server
CLEAR_SECONDS = 30
INSIDE = "SELECT datname FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE spcname = %s"


def has_room(place: Path) -> bool:
    """Return whether a folder in memory exists and has enough free space."""
    try:
        return shutil.disk_usage(place).free >= LEAST_FREE
    except OSError:
        return False


def prefix(home: Path) -> str:
    """Return the beginning of the names of a server's folders; containers may share the memory with other machines."""
    return f"classroom-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}-"


class RamTablespace:
    """The folder in memory of one server, locked by the server as long as it runs.

    The server inherits a lock in the folder, and the kernel takes it back: so whoever has a server with the same home in
    another container, which sees neither this server nor its files, still knows whose folder is in use.

    Args:
        data: the server's data folder.
        give: makes the server's account the owner of a folder.

    Attributes:
        lost: whether what lay there has gone, as with a restart of the machine, so that the databases in it are ruins.
    """

    def __init__(self, data: Path, give: Callable[[Path], None]) -> None:
        self.give = give
        self.folder: Path | None = None
        self.lost = False
        self._lock: Lock | None = None
        for link in (data / "pg_tblspc").glob("*"):
            # A server that was killed, too, writes there what its log holds, before it takes anyone in.
            self._hold(link.readlink())
            self.lost = not any(link.glob("PG_*"))
        if self.folder is None and has_room(PLACE):
            clear(prefix(data.parent))
            with contextlib.suppress(OSError):
                self._hold(Path(tempfile.mkdtemp(prefix=prefix(data.parent), dir=PLACE)))

    @property
    def descriptors(self) -> list[int]:
        """Return the descriptors that the server inherits."""
        return [self._lock.fileno()] if self._lock else []

    def close(self) -> None:
        """Close this process's end of the lock; the server keeps its own."""
        if self._lock is not None:
            self._lock.close()

    def make(self, connection: psycopg.Connection[Any]) -> None:
        """Create the tablespace in a server that was just started, if there is enough memory.

        Args:
            connection: as superuser, in autocommit.
        """
        made = connection.execute("SELECT FROM pg_tablespace WHERE spcname = %s", [NAME]).fetchone() is not None
        if made and self.lost:
            for (name,) in connection.execute(INSIDE, [NAME]).fetchall():
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.execute(f"DROP TABLESPACE {NAME}")
            made = False
        if made or self.folder is None:
            return
        if has_room(PLACE):
            connection.execute(f"CREATE TABLESPACE {NAME} LOCATION '{self.folder}'")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _hold(self, folder: Path) -> None:
        while True:
            with explained(folder):
                folder.mkdir(mode=0o700, exist_ok=True)
            self.give(folder)
            lock = Lock(folder / HELD)
            lock.share(CLEAR_SECONDS)
            if os.fstat(lock.fileno()).st_nlink:
                break
            lock.close()  # another process took the folder for an abandoned one and removed it
        self.folder, self._lock = folder, lock


def clear(beginning: str) -> None:
    """Remove folders that no server holds: the ones whose server's data folder is gone."""
    for held in PLACE.glob(f"{beginning}*/{HELD}"):
        with contextlib.suppress(OSError, CouldNotCheck):
            if held.lstat().st_uid != os.geteuid():  # everyone may put something there, a link for instance
                continue
            lock = Lock(held)
            if lock.attempt():
                # Away from its name first: whose it was may be starting again at this moment.
                gone = held.parent.with_name(f"{beginning}{secrets.token_hex(4)}-gone")
                remove(held.parent.rename(gone))
            lock.close()
