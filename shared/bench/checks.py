"""Seconds of one warm check of a solved week, compared with plain pytest, alone and with a container for each run."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from containers import missing
from usual import plain, plain_with_container, solved, timed

if TYPE_CHECKING:
    from collections.abc import Iterator

WEEKS = (1, 2, 3, 4, 5)
ALONE = 5  # two processes, a cache and a storage cannot be imported into pytest's own
WITH_DATABASE = (3, 4)


def rows(rounds: int) -> Iterator[str]:
    """A line for each week."""
    reason = missing()
    yield f"{'a check':24}{'ours':>9}{'TestClient':>13}{'ratio':>8}{'with a container':>19}{'ratio':>8}"
    for number in WEEKS:
        with tempfile.TemporaryDirectory(prefix="classroom-bench-") as room:
            folder = solved(number, Path(room, "week"))
            turns = [_turn(number, folder, with_container=reason is None) for _ in range(rounds + 1)][1:]
        cells = [f"{statistics.median(turn[0] for turn in turns):>7.2f} s"]
        for place, width in ((1, 11), (2, 17)):
            if turns[0][place] is not None:
                ratio = statistics.median(turn[0] / turn[place] for turn in turns)
                cells.append(f"{statistics.median(turn[place] for turn in turns):>{width}.2f} s{ratio:>8.2f}")
        yield f"week {number:<19}{''.join(cells)}"
    if reason:
        yield f"No container for each run: {reason}"


def _turn(number: int, folder: Path, *, with_container: bool) -> tuple[float, float | None, float | None]:
    ours = timed([sys.executable, "-m", "classroom", "check", str(folder)], folder)
    if number == ALONE:
        return ours, None, None
    usual = plain(folder, "tests")
    if number not in WITH_DATABASE or not with_container:
        return ours, usual, None
    return ours, usual, plain_with_container(folder, "tests")
