"""The storage's idea of the time, which the course can move to see a URL expire without waiting for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    """Seconds since 1970, plus what stands in a file, if there is one.

    The file is named by whoever starts the server. No request can reach it.
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self.offset_file = offset_file

    def __call__(self) -> float:
        return time.time() + self.offset()

    def offset(self) -> float:
        """How far ahead of the real time this clock is, in seconds."""
        if self.offset_file is None:
            return 0.0
        try:
            return float(self.offset_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0
