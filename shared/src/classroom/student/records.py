"""The files in which the parts of a local system keep count, and one that tells the replica how far to lag."""

from __future__ import annotations

import json
import mmap
import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = struct.Struct("<q")


@dataclass(frozen=True)
class Records:
    """The files of one running system.

    Attributes:
        folder: where they are.
    """

    folder: Path

    @property
    def balancer(self) -> Path:
        """Return the file of the balancer's counters: requests to each instance, then requests rejected."""
        return self.folder / "balancer"

    @property
    def storage(self) -> Path:
        """Return the storage server's journal, a line for each request."""
        return self.folder / "storage.jsonl"

    @property
    def lag(self) -> Path:
        """Return the file with the seconds that the replica lags."""
        return self.folder / "replica-lag"

    def environment(self) -> dict[str, str]:
        """Return the variables that name the files to the parts."""
        return {"STORAGE_JOURNAL": str(self.storage), "REPLICA_LAG_FILE": str(self.lag)}

    def write_lag(self, seconds: float) -> None:
        """Tell the instances how many seconds the replica lags from now on; they look several times a second."""
        new = self.lag.with_suffix(".new")
        new.write_text(json.dumps(seconds), encoding="ascii")
        new.replace(self.lag)


class Counters:
    """Integers in a file that one process increases and others read.

    Args:
        path: the file, created with zeros if it is missing.
        number: how many integers.
    """

    def __init__(self, path: Path, number: int) -> None:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.truncate(handle, number * SHAPE.size)
            self._memory = mmap.mmap(handle, number * SHAPE.size)
        finally:
            os.close(handle)

    def increase(self, place: int) -> None:
        """Add 1 to an integer."""
        (number,) = SHAPE.unpack_from(self._memory, place * SHAPE.size)
        SHAPE.pack_into(self._memory, place * SHAPE.size, number + 1)


def read_counters(path: Path) -> list[int]:
    """Return the integers of a file; none if it is missing."""
    try:
        return [number for (number,) in SHAPE.iter_unpack(path.read_bytes())]
    except (OSError, struct.error):
        return []
