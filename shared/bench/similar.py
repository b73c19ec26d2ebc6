"""Time and memory of the search for similar submissions, in a class where everybody's is similar to everybody's.

python shared/bench/similar.py [--week N] [--sizes 100,250,500] [--most-seconds 20]

The class hands in the course's own answers, nearly all of them small changes of the solution: no class has more pairs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from classroom.core.assignment import Assignment, weeks
from classroom.core.submission import submissions
from classroom.instructor.grading.similarity import similarities
from cohort import lay_out

TOP = Path(__file__).resolve().parents[2]


def main() -> int:
    """Measure each size in a process of its own; the exit status is 0 if the largest class is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--week", type=int, default=4)
    parser.add_argument("--sizes", default="100,250,500")
    parser.add_argument("--most-seconds", type=float, default=20.0, help="of processor time, for the largest class")
    parser.add_argument("--search", type=Path, help="only search this folder and print what it took")
    arguments = parser.parse_args()
    week = Assignment.load(weeks(TOP)[arguments.week])
    if arguments.search:
        print(_search(arguments.search, week))
        return 0
    seconds = 0.0
    for size in map(int, arguments.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="classroom-similar-") as room:
            lay_out(week, size, Path(room, "all"))
            command = [sys.executable, __file__, "--week", str(arguments.week), "--search", str(Path(room, "all"))]
            told = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
        print(f"{size} submissions: {told.strip()}", flush=True)
        seconds = float(told.split()[0])
    return 0 if seconds <= arguments.most_seconds else 1


def _search(folder: Path, week: Assignment) -> str:
    """Return the seconds and megabytes of one search, and what it has found."""
    before = psutil.Process().memory_info().rss
    began = time.process_time()
    found = similarities(submissions(folder, week), week)
    seconds = time.process_time() - began
    peak = (_peak() - before) / 1e6
    pairs = len(found.pairs) + len(found.others)
    return f"{seconds:.1f} s of processor time, {peak:.0f} MB; {len(found.groups)} groups, {pairs} pairs"


def _peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
