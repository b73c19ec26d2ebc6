"""Files of a classroom, copied while others write to it."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.scratch import NAME
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from classroom.instructor.backup.archive import ArchiveWriter

    OnProblem = Callable[[str], None]

# What someone is writing just now, which will have another name.
TEMPORARY = re.compile(r"\..+-[a-z0-9_]{8}")
LOCK = ".lock"  # git allows no branch with this ending
SMALL_BYTES = 1 << 20
GONE = (errno.ENOENT, errno.ENOTDIR, errno.ESTALE)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an error name the file or folder that is being written: a failed write does not say where."""
    try:
        yield
    except OSError as error:
        if error.errno and error.filename is None:
            error.filename = str(path)
        raise


def ensure_new_file(to: Path) -> None:
    """Raise UsageError unless a file can be created there."""
    if os.path.lexists(to):
        raise UsageError(f"{to} exists: choose a new file with --to.")
    if not to.parent.is_dir():
        raise UsageError(f"There is no folder {to.parent}: create it, or choose another file with --to.")
    if not os.access(to.parent, os.W_OK):
        raise UsageError(f"You may not write to {to.parent}: name a file in another folder with --to.")


def entries(folder: Path) -> list[Path]:
    """Return what is in a folder, sorted, without locks; nothing if the folder has gone."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix != LOCK)
    except OSError as error:
        if error.errno in GONE:
            return []
        raise


def lasting_entries(folder: Path) -> list[Path]:
    """Return what is in a folder of the classroom, without what is being made."""
    found = entries(folder)
    return [path for path in found if not (TEMPORARY.fullmatch(path.name) or NAME.fullmatch(path.name))]


class FileCopier:
    """Adds files to an archive.

    Args:
        archive: the archive.
        on_problem: called with a sentence for each file that is left out.
    """

    def __init__(self, archive: ArchiveWriter, on_problem: OnProblem) -> None:
        self.archive, self.on_problem = archive, on_problem

    def add_folder(self, folder: Path, name: str) -> bool:
        """Add a folder without its content; return whether it is one, and still there."""
        try:
            found = folder.lstat()
        except OSError as error:
            if error.errno in GONE:
                return False
            raise
        if not stat.S_ISDIR(found.st_mode):
            return False
        self.archive.add_folder(name, found.st_mode)
        return True

    def add(self, path: Path, name: str) -> bool:
        """Add a regular file; return whether it was there."""
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            if error.errno in GONE:
                return False
            reason = "a link" if path.is_symlink() else (error.strerror or str(error)).lower()
            self.on_problem(f"Left out: {one_line(str(path))} ({reason}).")
            return True
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                self.on_problem(f"Left out: {one_line(str(path))} (neither a file nor a folder).")
            elif found.st_size <= SMALL_BYTES:  # read whole, as it may be growing
                self.archive.add_bytes(name, file.read(), found.st_mode, found.st_mtime)
            else:
                self.archive.add_stream(name, file, found.st_size, found.st_mode, found.st_mtime)
        return True
