"""The record of pushes in a classroom's bare repository: what a branch pointed to, and since when."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError

if TYPE_CHECKING:
    from pathlib import Path

HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
RECEIVED = "classroom-received"  # in a classroom's bare repository: one line `TIME REF COMMIT` for each push
HANDED_OUT = "classroom-handouts"  # next to it: the commit of each handout after the first
MAX_RECEIPT = 500  # characters of a line in the list of receipts


@dataclass(frozen=True)
class Receipt:
    """One push: when it was received, and the commit that a branch has pointed to since."""

    received: datetime
    ref: str
    commit: str


def receipts(folder: Path, ref: str | None) -> list[Receipt] | None:
    """Return every push to a branch as the hook recorded it, oldest first; None if the repository keeps no such list.

    The list may be long; lines that are not receipts are skipped.

    Args:
        folder: a bare repository.
        ref: the branch's full name.

    Raises:
        ClassroomError: there is a list, and it cannot be read. It is what a deadline goes by, so it never counts as empty.
    """
    path = folder / RECEIVED
    if not os.path.lexists(path):
        return None
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise ClassroomError(f"The list of pushes {path} is not a regular file.")
        # Also if it is replaced now: a pipe would block, and a link could lead to another student's list.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, encoding="ascii", errors="replace") as file:
            lines = iter(lambda: file.readline(MAX_RECEIPT), "")
            return [found for line in lines if (found := _receipt(line)) and found.ref == ref]
    except OSError as error:
        raise ClassroomError(f"The list of pushes {path} cannot be read: {error.strerror}.") from None


def _receipt(line: str) -> Receipt | None:
    match line.split():
        case [time, ref, commit] if HASH.fullmatch(commit) and set(commit) != {"0"}:
            with contextlib.suppress(ValueError, OverflowError):
                moment = datetime.fromisoformat(time)
                return Receipt(moment if moment.tzinfo else moment.replace(tzinfo=UTC), ref, commit)
    return None
