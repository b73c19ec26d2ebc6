"""An error in context: its message, and the lines of source around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.checks.causes.printed_error import PrintedError

MAX_SOURCE = 200_000  # bytes of a file that is read
CALL_LINES = 8  # of a statement that are searched
LINES_ABOVE = 15
MAX_LINE = 300  # characters of a line: rules search it, and a submission may make it as long as it likes


@dataclass(frozen=True)
class Scene:
    """An error, and where it happened.

    Attributes:
        text: kind and message in one line.
        source: the line of source.
        statement: the line and those below it, which belong to the same call.
        above: the lines above it, where a statement may have been put together.
    """

    error: PrintedError
    folder: Path
    text: str
    source: str
    statement: str
    above: str = ""

    @classmethod
    def of(cls, error: PrintedError, folder: Path) -> Scene:
        """Return the scene of an error in a submission."""
        text = "\n".join([error.first_line, *error.more])
        place = error.place
        if place is None:
            return cls(error, folder, text, "", "")
        first = max(1, place.line - LINES_ABOVE)
        statement = "\n".join(lines_from(folder, place.file, place.line, CALL_LINES))
        above = "\n".join(lines_from(folder, place.file, first, place.line - first))
        return cls(error, folder, text, place.source, statement or place.source, above)


def lines_from(folder: Path, file: str, line: int, count: int) -> list[str]:
    """Return some lines of a file of the submission; none if it cannot be read."""
    try:
        path = (folder / file).resolve()
        if not path.is_relative_to(folder.resolve()) or path.stat().st_size > MAX_SOURCE:
            return []
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        return [text[:MAX_LINE] for text in lines[line - 1 : line - 1 + count]]
    except (OSError, ValueError):
        return []
