"""Where the kit and its services keep their files, and one clear sentence where that is not possible."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck, DiskFull
from classroom.core.scratch import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)


def is_root() -> bool:
    """Tell whether this process may do everything, which PostgreSQL refuses to do."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def cache_folder() -> Path:
    """Return the folder for what may be made again: CLASSROOM_CACHE, or the system's own place for caches.

    Root gets a place outside of its home: the server runs under another account, which must be able to go there.
    """
    if given := os.environ.get("CLASSROOM_CACHE"):
        return Path(given).expanduser().absolute()
    if is_root():
        return Path("/Library/Caches/classroom" if sys.platform == "darwin" else "/var/cache/classroom")
    import platformdirs

    return platformdirs.user_cache_path("classroom", appauthor=False)


def make_folder(folder: Path, mode: int = 0o700) -> Path:
    """Make a folder and those above it, and return it."""
    with explained(folder):
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn trouble with files into the one sentence that says what to do."""
    try:
        yield
    except OSError as error:
        raise trouble(folder, error) from error


def trouble(folder: Path, error: OSError) -> CouldNotCheck:
    """Say what went wrong in a folder of the database's and what to do about it."""
    if error.errno in FULL:
        return full_disk(folder)
    return CouldNotCheck(
        f"The database cannot keep its files in {folder} ({error.strerror or error}): "
        "set CLASSROOM_CACHE to a folder in which you may write."
    )


def full_disk(folder: Path) -> DiskFull:
    """Say that there is no room left for a database."""
    return DiskFull(
        f"The disk that holds {folder} is full: free some space, or set CLASSROOM_CACHE to a folder on another disk."
    )


def no_room(place: Path) -> DiskFull:
    """Say that there is no room left for the kit's own files: where, and what to do."""
    above = [path.parent for path in (place, *place.parents) if NAME.fullmatch(path.name)]
    return DiskFull(f"The disk is full (in {(above or [place])[-1]}): make room, and run the command again.")


def full_disk_of(error: BaseException) -> DiskFull | None:
    """The sentence for an error about a disk without room; None for any other error."""
    if isinstance(error, DiskFull):
        return error
    if isinstance(error, shutil.Error):  # copytree tells what it met as texts
        for _, target, why in error.args[0]:
            if any(os.strerror(number) in str(why) for number in FULL):
                return no_room(Path(target).parent)
    if isinstance(error, OSError) and error.errno in FULL:
        name = error.filename2 or error.filename  # the second is where something was copied to
        return no_room(Path(os.fsdecode(name)).parent if name else Path(tempfile.gettempdir()))
    return None


@contextlib.contextmanager
def told_when_full() -> Iterator[None]:
    """Turn an error about a disk without room into the one sentence about it."""
    try:
        yield
    except OSError as error:
        if (full := full_disk_of(error)) is None:
            raise
        raise full from error


def room_left(folder: Path) -> int:
    """Return how many bytes this account may still write in a folder; what is not there has no limit."""
    try:
        if sys.platform == "win32":
            return shutil.disk_usage(folder).free
        about = os.statvfs(folder)
    except OSError:
        return sys.maxsize
    return (about.f_bfree if is_root() else about.f_bavail) * about.f_frsize


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    with explained(path.parent):
        new = path.with_name(f"{path.name}.{os.getpid()}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)
