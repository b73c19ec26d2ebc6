"""The storage server's clock, which the course can move to see a URL expire without waiting."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    """Seconds since 1970, plus the number in a file, if there is one.

    The file is named when the server is started. No request can change it.
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self.offset_file = offset_file

    def __call__(self) -> float:
        return time.time() + self.offset()

    def offset(self) -> float:
        """Return how far this clock is ahead of the real time, in seconds."""
        if self.offset_file is None:
            return 0.0
        try:
            return float(self.offset_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0
