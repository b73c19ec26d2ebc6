"""Shared and exclusive file locks that the system releases when their holder dies."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import explained, write_secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAUSE = 0.01
SECRET_SECONDS = 30

if sys.platform == "win32":
    import portalocker

    def _acquire(file: int, *, shared: bool, wait: bool) -> bool:
        flags = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
        try:
            portalocker.lock(file, flags if wait else flags | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.LockException:
            return False
        return True

    def _release(file: int) -> None:
        portalocker.unlock(file)
else:
    import fcntl

    # flock, not lockf: the lock belongs to the open file, so a second Lock in the same process does not
    # share it, nor release it on closing.
    def _acquire(file: int, *, shared: bool, wait: bool) -> bool:
        flags = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, flags if wait else flags | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


class Lock:
    """A handle on the lock file at `path`, which is created if missing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with explained(path.parent):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def wait(self) -> None:
        """Acquire the lock exclusively, without a time limit."""
        _acquire(self._file, shared=False, wait=True)

    def attempt(self) -> bool:
        """Acquire the lock exclusively if it is free, and return whether it was."""
        return _acquire(self._file, shared=False, wait=False)

    def share(self, seconds: float) -> None:
        """Acquire the lock as one of several sharers.

        Raises:
            CouldNotCheck: it was not free within `seconds`.
        """
        self._within(seconds, shared=True)

    def own(self, seconds: float) -> None:
        """Acquire the lock exclusively.

        Raises:
            CouldNotCheck: it was not free within `seconds`.
        """
        self._within(seconds, shared=False)

    def release(self) -> None:
        """Release the lock; it can be acquired again."""
        _release(self._file)

    def fileno(self) -> int:
        """Return the open file, for a child process that inherits the lock."""
        return self._file

    def close(self) -> None:
        """Release the lock and close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _within(self, seconds: float, *, shared: bool) -> None:
        end = time.monotonic() + seconds
        while not _acquire(self._file, shared=shared, wait=False):
            if time.monotonic() > end:
                raise CouldNotCheck(
                    f"Another process has held {self.path} for {seconds:.0f} seconds: "
                    "wait until it has finished, or stop it, and try again."
                )
            time.sleep(PAUSE)


def load_or_create_secret(path: Path, length: int) -> str:
    """Return the secret in a file, creating it atomically on first use.

    Args:
        path: the file.
        length: of the secret, in bytes; the text has two hex digits for each.
    """
    if not path.exists():
        with owned(path.with_name(f"{path.name}.lock"), SECRET_SECONDS):
            if not path.exists():
                write_secret(path, secrets.token_hex(length))
    with explained(path.parent):
        return path.read_text(encoding="utf-8")


@contextlib.contextmanager
def owned(path: Path, seconds: float) -> Iterator[Lock]:
    """Hold the lock on `path` exclusively.

    Raises:
        CouldNotCheck: it was not free within `seconds`.
    """
    lock = Lock(path)
    try:
        lock.own(seconds)
        yield lock
    finally:
        lock.close()
