"""A lock on a file, shared or exclusive, that the system takes back when its holder dies."""

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
WORD_SECONDS = 30

if sys.platform == "win32":
    import portalocker

    def _take(file: int, *, shared: bool, wait: bool) -> bool:
        flags = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
        try:
            portalocker.lock(file, flags if wait else flags | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.LockException:
            return False
        return True

    def _give_back(file: int) -> None:
        portalocker.unlock(file)
else:
    import fcntl

    # flock and not lockf: such a lock belongs to the open file, so a second Lock of the same process
    # neither shares it nor takes it away on closing.
    def _take(file: int, *, shared: bool, wait: bool) -> bool:
        flags = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, flags if wait else flags | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _give_back(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


class Lock:
    """One holder of the lock on *path*."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with explained(path.parent):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def wait(self) -> None:
        """Take the lock for oneself alone, however long that takes."""
        _take(self._file, shared=False, wait=True)

    def attempt(self) -> bool:
        """Take the lock for oneself alone if that can be done at once."""
        return _take(self._file, shared=False, wait=False)

    def share(self, seconds: float) -> None:
        """Take the lock together with others."""
        self._within(seconds, shared=True)

    def own(self, seconds: float) -> None:
        """Take the lock for oneself alone."""
        self._within(seconds, shared=False)

    def release(self) -> None:
        """Give the lock back; it can be taken again."""
        _give_back(self._file)

    def fileno(self) -> int:
        """The open file, for a process that is to hold the lock as well."""
        return self._file

    def close(self) -> None:
        """Give the lock back for good."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _within(self, seconds: float, *, shared: bool) -> None:
        end = time.monotonic() + seconds
        while not _take(self._file, shared=shared, wait=False):
            if time.monotonic() > end:
                raise CouldNotCheck(
                    f"Another process has held {self.path} for {seconds:.0f} seconds: "
                    "wait until it has finished, or end it, and try again."
                )
            time.sleep(PAUSE)


def load_or_create_secret(path: Path, length: int) -> str:
    """Return the secret in a file, creating it atomically on first use."""
    if not path.exists():
        with owned(path.with_name(f"{path.name}.lock"), WORD_SECONDS):
            if not path.exists():
                write_secret(path, secrets.token_hex(length))
    with explained(path.parent):
        return path.read_text(encoding="utf-8")


@contextlib.contextmanager
def owned(path: Path, seconds: float) -> Iterator[Lock]:
    """Hold the lock on *path* alone."""
    lock = Lock(path)
    try:
        lock.own(seconds)
        yield lock
    finally:
        lock.close()
