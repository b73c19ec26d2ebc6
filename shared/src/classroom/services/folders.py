"""Where the services keep their files, and one clear sentence where that is not possible."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.errors import CouldNotCheck

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
        raise CouldNotCheck(sentence(folder, error)) from error


def sentence(folder: Path, error: OSError) -> str:
    """Say what went wrong in a folder and what to do about it."""
    if error.errno in FULL:
        return full_disk(folder)
    return (
        f"The database cannot keep its files in {folder} ({error.strerror or error}): "
        "set CLASSROOM_CACHE to a folder in which you may write."
    )


def full_disk(folder: Path) -> str:
    """Say that there is no room left."""
    return f"The disk that holds {folder} is full: free some space, or set CLASSROOM_CACHE to a folder on another disk."


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    with explained(path.parent):
        new = path.with_name(f"{path.name}.{os.getpid()}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)
