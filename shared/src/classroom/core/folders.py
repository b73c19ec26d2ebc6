"""Where the kit and its services keep files, and the errors for folders that cannot be written."""

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
    """Return whether this process runs as root; PostgreSQL refuses to."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def other_owner(path: Path) -> str | None:
    """Return the account that a file or folder belongs to; None if that is this one, or unknown."""
    try:
        number = path.stat().st_uid
        return path.owner() if hasattr(os, "geteuid") and number != os.geteuid() else None
    except KeyError:
        return f"#{number}"
    except OSError:
        return None


def cache_folder() -> Path:
    """Return the folder for caches: CLASSROOM_CACHE, or the system's folder for them.

    For root it is outside the home folder: the database server runs under another account, which must be able to enter it.
    """
    if given := os.environ.get("CLASSROOM_CACHE"):
        return Path(given).expanduser().absolute()
    if is_root():
        return Path("/Library/Caches/classroom" if sys.platform == "darwin" else "/var/cache/classroom")
    import platformdirs

    return platformdirs.user_cache_path("classroom", appauthor=False)


def make_folder(folder: Path, mode: int = 0o700) -> Path:
    """Create a folder with its parents, and return it."""
    with explained(folder):
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an OSError into an error that says what to do."""
    try:
        yield
    except OSError as error:
        raise trouble(folder, error) from error


def trouble(folder: Path, error: OSError) -> CouldNotCheck:
    """Return the error for a folder that cannot be used, with what to do about it."""
    in_cache = folder.is_relative_to(cache_folder())
    if error.errno in FULL:
        return full_disk(folder) if in_cache else full_scratch_disk(folder)
    if not in_cache:
        return CouldNotCheck(f"{error.filename or folder} cannot be used: {error.strerror or error}.")
    return CouldNotCheck(
        f"The cache {folder} cannot be used ({error.strerror or error}): "
        "set CLASSROOM_CACHE to a folder that you can write to."
    )


def full_disk(folder: Path) -> DiskFull:
    """Return the error for a full disk under a database."""
    return DiskFull(
        f"The disk that holds {folder} is full: free some space, or set CLASSROOM_CACHE to a folder on another disk."
    )


def full_scratch_disk(path: Path) -> DiskFull:
    """Return the error for a full disk under the kit's own files; `path` is a file or folder on it."""
    outside = [part.parent for part in (path, *path.parents) if NAME.fullmatch(part.name)]
    return DiskFull(f"The disk is full (in {(outside or [path])[-1]}): free some space, and run the command again.")


def full_disk_of(error: BaseException) -> DiskFull | None:
    """Return the DiskFull error for an error caused by a full disk, or None for any other error."""
    if isinstance(error, DiskFull):
        return error
    if isinstance(error, shutil.Error):  # copytree reports errors as strings
        for _, target, why in error.args[0]:
            if any(os.strerror(number) in str(why) for number in FULL):
                return full_scratch_disk(Path(target).parent)
    if isinstance(error, OSError) and error.errno in FULL:
        name = error.filename2 or error.filename  # filename2 is the target of a copy
        return full_scratch_disk(Path(os.fsdecode(name)).parent if name else Path(tempfile.gettempdir()))
    return None


@contextlib.contextmanager
def full_disk_explained() -> Iterator[None]:
    """Turn an OSError caused by a full disk into a DiskFull error."""
    try:
        yield
    except OSError as error:
        if (full := full_disk_of(error)) is None:
            raise
        raise full from error


def room_left(folder: Path) -> int:
    """Return how many bytes this account can still write to a folder; a missing folder has no limit."""
    try:
        if sys.platform == "win32":
            return shutil.disk_usage(folder).free
        status = os.statvfs(folder)
    except OSError:
        return sys.maxsize
    return (status.f_bfree if is_root() else status.f_bavail) * status.f_frsize


def write_secret(path: Path, text: str) -> None:
    """Write a file atomically that only its owner can read."""
    with explained(path.parent):
        new = path.with_name(f"{path.name}.{os.getpid()}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)
