"""Write everything of a classroom into one file, while it is being served.

The order is that in which a restored classroom must not miss anything: the database, then results and settings, then
the repositories. A later one may know more than an earlier one, such as a push that has no result yet: `serve` grades it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.result import utc_timestamp
from classroom.core.scratch import ScratchDir
from classroom.instructor.backup.archive import DATABASE, FILES, ArchiveWriter
from classroom.instructor.backup.files import FileCopier, ensure_new_file, lasting_entries, naming
from classroom.instructor.backup.repository_files import add_repository, is_repository
from classroom.instructor.classrooms.classroom import STATE
from classroom.instructor.site.database import FOLDER, parse_address
from classroom.services.postgres import dump
from classroom.services.postgres.servers.kept_access import kept_access

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import URL

    from classroom.instructor.backup.files import OnProblem
    from classroom.instructor.classrooms.classroom import Classroom

# What belongs to a server that is running, and what is made again: pushes that wait are found by their receipts.
OF_THE_MOMENT = (FOLDER, "lock", "serving", ".serving")
EMPTIED = ("inbox", "answers")


@dataclass(frozen=True)
class Backup:
    """What was written."""

    files: int
    repositories: int
    size: int
    has_database: bool


def back_up(classroom: Classroom, to: Path, on_problem: OnProblem, address: str = "") -> Backup:
    """Write a classroom into a new file.

    Args:
        classroom: the classroom.
        to: the file, which must not exist.
        on_problem: called with a sentence for each file that is left out.
        address: the URL of its database, if that is on another server.

    Raises:
        UsageError: the file exists, or would be in the classroom.
        CouldNotCheck: the database cannot be read, or the disk is full.
    """
    to = to.absolute()
    _ensure_new(classroom, to)
    with ScratchDir("backup", to.parent, hidden=True) as scratch, naming(to):
        database = _dumped(classroom, scratch / DATABASE, address)
        new = scratch / "new"
        with os.fdopen(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            about = {"made": utc_timestamp(), "kit": version("hello-backend-classroom"), "name": classroom.folder.name}
            archive = ArchiveWriter(file, about | {"database": database is not None})
            if database:
                with database.open("rb") as source:
                    archive.add_stream(DATABASE, source, database.stat().st_size, 0o600, datetime.now(UTC).timestamp())
            repositories = _add_classroom(FileCopier(archive, on_problem), classroom)
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        _publish(new, to)
        return Backup(archive.files, repositories, to.stat().st_size, database is not None)


def _ensure_new(classroom: Classroom, to: Path) -> None:
    ensure_new_file(to)
    if to.resolve().is_relative_to(classroom.folder):
        raise UsageError(f"{to} would be inside the classroom itself: choose a file in another folder with --to.")


def _publish(new: Path, to: Path) -> None:
    """Give the file its name, unless another one has it since."""
    try:
        os.link(new, to)
    except FileExistsError:
        raise UsageError(f"{to} exists: choose a new file with --to.") from None
    except OSError:  # a file system without hard links
        new.rename(to)


def _dumped(classroom: Classroom, to: Path, address: str) -> Path | None:
    """Return a file with the database, or None if the classroom has none."""
    if address:
        dump.dump(libpq(parse_address(address)), to)
        return to
    folder = classroom.state_dir / FOLDER
    if not (folder / "data" / "PG_VERSION").is_file():
        return None
    with kept_access(folder) as access:
        dump.dump(dump.conninfo_of(access), to)
    return to


def libpq(url: URL) -> str:
    """Return the address of a database as libpq reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _add_classroom(copier: FileCopier, classroom: Classroom) -> int:
    """Add the files of a classroom; return how many repositories of students there are."""
    folder, state = classroom.folder, classroom.state_dir
    skipped = {state / name for name in OF_THE_MOMENT}
    emptied = {state / name for name in EMPTIED}
    repositories = 0
    first = [state, *(path for path in lasting_entries(folder) if not path.is_dir())]
    rest = [path for path in lasting_entries(folder) if path.is_dir() and path.name != STATE]
    copier.add_folder(folder, FILES)
    pending = [*reversed(rest), *reversed(first)]
    while pending:
        path = pending.pop()
        name = f"{FILES}/{path.relative_to(folder).as_posix()}"
        if path in skipped:
            continue
        if path.is_symlink() or not path.is_dir():
            copier.add(path, name)
            continue
        copier.add_folder(path, name)
        if is_repository(path):
            add_repository(copier, path, name)
            repositories += path.suffix == ".git" and path.name != ".git"
        elif path not in emptied:
            # Files first: a file that names a folder next to it is then not newer than the folder.
            pending += sorted(lasting_entries(path), key=lambda each: (each.is_dir(), each.name), reverse=True)
    return repositories
