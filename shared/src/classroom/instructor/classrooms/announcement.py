"""The file that tells pushes to wait for their scorecard, because a server is there."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from classroom.core.files import write_atomic
from classroom.core.locks import Lock

if TYPE_CHECKING:
    from pathlib import Path


class Announcement:
    """The file `serving` of a classroom; its lock tells for how long it is true.

    Args:
        state_dir: of the classroom.
    """

    def __init__(self, state_dir: Path) -> None:
        self._path, new = state_dir / "serving", state_dir / ".serving"
        new.unlink(missing_ok=True)
        self._lock = Lock(new)
        if sys.platform == "win32":  # there a locked file cannot be read
            write_atomic(self._path, f"{os.getpid()}\n")
            return
        self._lock.attempt()
        new.write_text(f"{os.getpid()} held\n", encoding="ascii")
        new.chmod(0o644)
        new.replace(self._path)

    def withdraw(self) -> None:
        """Let pushes no longer wait."""
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Release the lock."""
        self._lock.close()
