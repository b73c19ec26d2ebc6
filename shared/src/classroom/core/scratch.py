"""Temporary folders; those that a killed process left behind are removed by the next process that makes one."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

PREFIX = "classroom-"
NAME = re.compile(r"\.?classroom-[a-z0-9]+-[a-z0-9_]{8}")  # as mkdtemp makes them
HELD = ".held"  # locked as long as the folder is in use
MAX_PATH = 80  # bytes; a socket's path may have 104 on macOS and 108 on Linux, with its name


if sys.platform == "win32":

    def _hold(path: Path) -> int | None:
        """Windows cannot delete open files, so nothing is locked or cleared there."""
        del path
        return -1
else:
    import fcntl

    def _hold(path: Path) -> int | None:
        """Lock a file for the lifetime of this process; return its descriptor, or None if another process holds it."""
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with contextlib.suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(held).st_nlink:  # otherwise it was deleted after it was opened
                return held
        os.close(held)
        return None


class ScratchDir:
    """A new folder, removed when it is closed; as a context manager it yields the folder's path.

    Args:
        kind: the purpose, which becomes part of the name.
        parent: where to create it; None is the folder for temporary files.
        hidden: start the name with a dot, for a parent that people look into.
    """

    def __init__(self, kind: str, parent: Path | None = None, *, hidden: bool = False) -> None:
        parent = parent or Path(tempfile.gettempdir())
        clear(parent)
        prefix = f"{'.' if hidden else ''}{PREFIX}{kind}-"
        held = None
        while held is None:
            self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            # Another process may have cleared the folder before it was locked.
            try:
                held = _hold(self.path / HELD)
            except FileNotFoundError:
                continue
            except OSError:
                self.path.rmdir()
                raise
        self._held = held

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder and its content."""
        remove(self.path)
        if self._held >= 0:
            os.close(self._held)
            self._held = -1


@functools.cache
def clear(parent: Path) -> None:
    """Remove the folders that killed processes of this account left in `parent`, once per process."""
    if sys.platform == "win32":
        return
    for folder in [*parent.glob(f"{PREFIX}*"), *parent.glob(f".{PREFIX}*")]:
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid != os.geteuid():
                continue
            if not (folder / HELD).exists():
                # Its process was killed before it was locked, or while it was removed: rmdir fails unless it is empty.
                if NAME.fullmatch(folder.name):
                    folder.rmdir()
            elif (lock := _hold(folder / HELD)) is not None:
                remove(folder)
                os.close(lock)


def remove(folder: Path) -> None:
    """Remove a folder as far as possible, its lock file last, so that an interrupted removal is finished by the next process."""
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != HELD:
                entry.unlink(missing_ok=True)
        if all(entry.name == HELD for entry in folder.iterdir()):
            (folder / HELD).unlink(missing_ok=True)
            folder.rmdir()


class SocketDir:
    """A folder for sockets, with a name short enough for them.

    Args:
        folder: the folder to use. If its path is too long, Linux offers a short alias; other systems get another folder.
    """

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._descriptor = -1
        self._other: ScratchDir | None = None
        if len(os.fsencode(folder)) <= MAX_PATH:
            return
        if sys.platform == "linux":
            self._descriptor = os.open(folder, os.O_RDONLY)
            self.name = f"/proc/self/fd/{self._descriptor}"
        else:
            self._other = ScratchDir("app", Path("/tmp"))  # noqa: S108 - a new folder that only its owner can enter
            self.name = str(self._other.path)

    def close(self) -> None:
        """Release the alias, or remove the other folder."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._other is not None:
            self._other.close()
