"""A cohort graded behind walls on all cores, beside a plain loop of pytest over the same submissions and assertions."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from usual import TOP, plain, solved, timed, week

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = {1: 40, 3: 12}  # enough that what a cohort costs once hardly counts


def rows(rounds: int) -> Iterator[str]:
    """A line for each week: seconds for one submission."""
    del rounds
    yield f"{'a submission of a cohort':24}{'ours':>9}{'plain loop':>13}{'throughput':>13}"
    for number, size in SIZES.items():
        with tempfile.TemporaryDirectory(prefix="classroom-bench-") as room:
            folder = Path(room, "submissions")
            people = [solved(number, folder / f"student{place}") for place in range(size)]
            out = Path(room, "grades")
            words = ["grade", str(week(number)), "--submissions", str(folder), "--out", str(out)]
            ours = timed([sys.executable, "-m", "classroom", *words], TOP)
            for person in people:
                shutil.copytree(week(number) / "grading" / "hidden", person / "hidden")
            usual = sum(plain(person, "tests", "hidden") for person in people)
        yield f"week {number}, {size:<16}{ours / size:>7.2f} s{usual / size:>11.2f} s{usual / ours:>11.1f} x"
