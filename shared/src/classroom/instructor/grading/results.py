"""The results of a grading, read back from its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.result import Result

if TYPE_CHECKING:
    from pathlib import Path

# Files next to the results: what `grade` knows and no result holds.
PAIRS, SETTINGS = "similar.json", "grading.json"


def read_results(out: Path) -> list[Result]:
    """Return every result in a folder that `grade` has written, sorted by file name.

    Raises:
        UsageError: there are none.
    """
    found = []
    for path in sorted((out / "results").glob("*.json")):
        try:
            found.append(Result.from_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    if not found:
        raise UsageError(f"There are no results in {out}: name the --out folder of `classroom grade`.")
    return found
