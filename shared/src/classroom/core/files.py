"""Files and folders written so that a kill leaves nothing half done."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from classroom.core.errors import UsageError


def write_atomic(path: Path, text: str) -> None:
    """Write a file so that a reader, or a kill at any moment, sees the old text or the new one and nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno and error.filename is None:
            error.filename = str(path)  # a write for which there is no room does not say where
        raise


def take_folder(folder: Path, done: str) -> None:
    """Make a folder that a command fills, with a mark by which the same command knows it again.

    Args:
        folder: where to.
        done: what the command has done there, such as `collected`.

    Raises:
        UsageError: it is a file, or holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: --to takes a folder.")
    mark = folder / f".{done}"
    if folder.is_dir() and not mark.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds something else: --to takes a new folder, or one {done} to before.")
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
