"""Make a classroom from the file of a backup: complete, or not at all."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.folders import is_root
from classroom.core.scratch import ScratchDir
from classroom.instructor.backup.archive import DATABASE, FILES, unpack
from classroom.instructor.backup.back_up import libpq
from classroom.instructor.backup.files import naming
from classroom.instructor.classrooms.classroom import STATE
from classroom.instructor.site.database import FOLDER, parse_address
from classroom.services.postgres import dump
from classroom.services.postgres.connect import first_line
from classroom.services.postgres.servers.kept_access import kept_access

if TYPE_CHECKING:
    from pathlib import Path

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


@dataclass(frozen=True)
class Restored:
    """What was in the file: when the backup was made, and whether it has the database of a site."""

    made: str
    has_database: bool


def restore(file: Path, to: Path, address: str = "") -> Restored:
    """Make a classroom in a new folder; until all of it was read and found right, there is nothing at that place.

    Args:
        file: a backup.
        to: the folder, which must not exist or be empty.
        address: the URL of an empty database on another server, instead of one in the folder.

    Raises:
        UsageError: the file is not a whole backup, or the folder or the database contains something.
        CouldNotCheck: the database refuses the data, or the disk is full.
    """
    to = to.absolute()
    _ensure_new(to)
    conninfo = _empty_database(address) if address else ""
    to.parent.mkdir(parents=True, exist_ok=True)
    with ScratchDir("restore", to.parent, hidden=True) as scratch, naming(to):
        if is_root():
            scratch.chmod(0o711)  # for the account that runs the database
        about = unpack(file, scratch)
        classroom = scratch / FILES
        if not (classroom / STATE / "inbox").is_dir() or bool(about["database"]) != (scratch / DATABASE).is_file():
            raise UsageError(f"{file} does not contain a classroom.")
        if about["database"]:
            _load(scratch / DATABASE, classroom / STATE / FOLDER, conninfo)
        _publish(classroom, to)
    return Restored(str(about["made"]), bool(about["database"]))


def _ensure_new(to: Path) -> None:
    if os.path.lexists(to) and not to.is_dir():
        raise UsageError(f"{to} is a file: --to needs a folder.")
    if to.is_dir() and any(to.iterdir()):
        raise UsageError(f"{to} is not empty: choose a new folder with --to.")


def _empty_database(address: str) -> str:
    """Return how to log in to a database in which there is nothing yet."""
    conninfo = libpq(parse_address(address))
    try:
        with psycopg.connect(conninfo, connect_timeout=10) as connection:
            tables = connection.execute(TABLES).fetchone()
    except psycopg.OperationalError as error:
        raise CouldNotCheck(f"The database cannot be reached ({first_line(error)}).") from None
    if tables != (0,):
        raise UsageError("The database at --database already contains tables: use an empty one.")
    return conninfo


def _load(file: Path, folder: Path, conninfo: str) -> None:
    """Read the dump into the database that was named, or into a new one of the classroom."""
    if conninfo:
        dump.restore(conninfo, file)
        return
    with kept_access(folder) as access:
        dump.restore(dump.conninfo_of(access), file)


def _publish(classroom: Path, to: Path) -> None:
    """Give the folder its name, unless something is there since."""
    try:
        if os.name == "nt":
            with contextlib.suppress(FileNotFoundError):
                to.rmdir()
        classroom.rename(to)
    except OSError as error:
        if os.path.lexists(to):
            raise UsageError(f"{to} is not empty: choose a new folder with --to.") from error
        raise
