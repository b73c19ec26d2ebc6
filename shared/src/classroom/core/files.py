"""Files and folders that are written atomically, or claimed by one command."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from classroom.core.errors import UsageError


def write_atomic(path: Path, text: str) -> None:
    """Write a file atomically: a reader sees the old text or the new one, even if this process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as error:
        error.filename = str(path)  # not the temporary name, of which nobody knows
        raise
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno and error.filename in (None, temporary):
            error.filename, error.filename2 = str(path), None  # a failed write does not say where
        raise


def stamp(path: Path) -> tuple[int, int] | None:
    """Return what differs once a file has been rewritten: its time in nanoseconds, its size in bytes; None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def claim_folder(folder: Path, done: str) -> None:
    """Create a folder for a command to fill, with a marker file that lets the same command use it again.

    Args:
        folder: the folder.
        done: what the command does there, as a participle such as `collected`.

    Raises:
        UsageError: the path is a file, or a folder that contains something else.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: --to needs a folder.")
    marker = folder / f".{done}"
    if folder.is_dir() and not marker.exists() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} contains something else: --to needs a new folder, or one that was {done} to before."
        )
    folder.mkdir(parents=True, exist_ok=True)
    marker.touch()
