"""Time and memory of a cohort by its size: whether time grows with it in a line, and memory does not.

python shared/bench/cohort.py [--week N] [--sizes 10,100,500] [--jobs N] [--sandbox bubblewrap|none]
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from classroom.core.assignment import Assignment
from classroom.instructor.proof.cases import DEGENERATE, cases

TOP = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 1.0


@dataclass
class Figures:
    """What grading a cohort took: seconds on the clock and of CPU, megabytes of the command and of all its processes."""

    size: int
    graded: int
    seconds: float
    cpu: float
    command_mb: float
    all_mb: float


def lay_out(week: Assignment, size: int, folder: Path) -> None:
    """A cohort made of the course's own answers, one after the other in a drawn order."""
    known = [case for case in cases(week) if case.kind != DEGENERATE]
    random.Random(size).shuffle(known)  # noqa: S311 - a sample, no secret
    for number in range(size):
        known[number % len(known)].materialize(week, folder / f"{week.name}-s{number:03}")


def command(week: Assignment, folder: Path, out: Path, *more: str) -> list[str]:
    """The command that grades this cohort."""
    words = [sys.executable, "-m", "classroom", "grade", str(week.folder), "--submissions", str(folder)]
    return [*words, "--out", str(out), "--seed", "1", *more]


def _memory(process: psutil.Process) -> tuple[float, float]:
    """Megabytes of a process, and of it with all that descends from it; what is shared counts once."""
    own = all_of_them = 0.0
    with contextlib.suppress(psutil.Error):
        own = process.memory_info().rss / 1e6
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                all_of_them += one.memory_full_info().pss / 1e6
    return own, all_of_them


def measure(week: Assignment, size: int, room: Path, more: list[str]) -> Figures:
    """Grade a cohort of this size, looking at it once a second."""
    folder, out = room / f"all{size}", room / f"grades{size}"
    lay_out(week, size, folder)
    before, began = os.times(), time.monotonic()
    process = subprocess.Popen(command(week, folder, out, *more), cwd=TOP, stdout=subprocess.DEVNULL)
    own = all_of_them = 0.0
    watched = psutil.Process(process.pid)
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_SECONDS)
            break
        seen = _memory(watched)
        own, all_of_them = max(own, seen[0]), max(all_of_them, seen[1])
    seconds, after = time.monotonic() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    with (out / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        graded = sum(row["status"] == "graded" for row in csv.DictReader(file))
    return Figures(size, graded, seconds, cpu, own, all_of_them)


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--week", default="1", metavar="N")
    parser.add_argument("--sizes", default="10,100,500", metavar="N,N")
    parser.add_argument("--jobs", default="0", metavar="N")
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap")
    arguments = parser.parse_args()
    week = Assignment.load(next(TOP.glob(f"week{arguments.week}-*")))
    more = ["--sandbox", arguments.sandbox, *(["--jobs", arguments.jobs] if arguments.jobs != "0" else [])]
    print(f"{week.name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, walls: {arguments.sandbox}")
    print(f"{'submissions':>12}{'graded':>8}{'seconds':>9}{'each':>8}{'CPU each':>10}{'command':>10}{'all':>9}")
    with tempfile.TemporaryDirectory(prefix="classroom-bench-") as room:
        for size in map(int, arguments.sizes.split(",")):
            seen = measure(week, size, Path(room), more)
            each = f"{seen.seconds / size:>7.2f}s{seen.cpu / size:>9.2f}s"
            memory = f"{seen.command_mb:>7.0f} MB{seen.all_mb:>6.0f} MB"
            print(f"{size:>12}{seen.graded:>8}{seen.seconds:>8.1f}s{each}{memory}", flush=True)


if __name__ == "__main__":
    main()
