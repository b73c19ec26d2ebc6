"""A cohort graded in the sandbox on all cores, compared with a plain loop of pytest over the same submissions."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from containers import missing
from usual import TOP, plain, plain_with_container, solved, timed, week

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = {1: 300, 3: 100}  # a class; what a cohort costs once is in it
WITH_DATABASE = (3,)
LOOP, CONTAINERS = 20, 5  # submissions that a plain loop runs, with a container of their own: each costs the same


def rows(rounds: int) -> Iterator[str]:
    """A line for each week: seconds for one submission."""
    del rounds
    reason = missing()
    yield (
        f"{'a submission of a cohort':24}{'ours':>9}{'plain loop':>13}{'throughput':>13}"
        f"{'with a container':>19}{'throughput':>13}"
    )
    for number, size in SIZES.items():
        with tempfile.TemporaryDirectory(prefix="classroom-bench-") as room:
            folder = Path(room, "submissions")
            people = [solved(number, folder / f"student{place}") for place in range(size)]
            ours = _graded(number, folder, Path(room, "grades")) / size
            for person in people[:LOOP]:
                shutil.copytree(week(number) / "grading" / "hidden", person / "hidden")
            usual = [sum(plain(person, "tests", "hidden") for person in people[:LOOP]) / LOOP]
            if number in WITH_DATABASE and not reason:
                some = [plain_with_container(person, "tests", "hidden") for person in people[:CONTAINERS]]
                usual.append(sum(some) / len(some))
        cells = [
            f"{seconds:>{width}.2f} s{seconds / ours:>11.1f} x" for seconds, width in zip(usual, (11, 17), strict=False)
        ]
        yield f"week {number}, {size:<16}{ours:>7.2f} s{''.join(cells)}"
    if reason:
        yield f"No container for each submission: {reason}"


def _graded(number: int, folder: Path, out: Path) -> float:
    words = ["grade", str(week(number)), "--submissions", str(folder), "--out", str(out)]
    return timed([sys.executable, "-m", "classroom", *words], TOP)
