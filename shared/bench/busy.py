"""A busy machine: a week's solution graded many times next to programs that only compute, in and out of the sandbox. All at 100.

python shared/bench/busy.py [--weeks 1,3,4,5] [--times N] [--spinning N] [--sandbox both|bubblewrap|none]
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.apps.sandbox.bubblewrap import why_unavailable
from classroom.checks.workers.pool import Pool
from classroom.core.assignment import Assignment
from classroom.core.submission import Submission
from usual import solved, week

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.core.result import Result

FULL = 100


@contextlib.contextmanager
def spinning(count: int) -> Iterator[None]:
    """Keep so many programs computing for as long as the `with` lasts."""
    programs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def graded(number: int, times: int, sandbox: str) -> list[Result]:
    """Grade a week's solution so many times."""
    assignment = Assignment.load(week(number))
    with tempfile.TemporaryDirectory(prefix="busy-") as name:
        room = Path(name)
        place = solved(number, room / assignment.name)
        with Pool(assignment, sandbox=sandbox, room=room / "pool") as pool:
            orders = [
                pool.job(Submission(f"{seed}", place), seed=seed, out=room / f"{seed}.json") for seed in range(times)
            ]
            return [result for _, result in pool.grade(orders)]


def told(result: Result) -> str:
    """Why a result is not what it should be."""
    bad = [f"task {task.number}: {task.reason or _first(task)}" for task in result.tasks if task.earned < task.points]
    return f"seed {result.seed}: {result.score}, {result.reason or '; '.join(bad)}"


def _first(task: object) -> str:
    return next((str(check.message) for check in task.checks if check.message), "")  # type: ignore[attr-defined]


def main() -> int:
    """Print a line for each week and sandbox; the exit status is 0 when every solution has everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", default="1,3,4,5", metavar="N,N")
    parser.add_argument("--times", type=int, default=10, metavar="N")
    parser.add_argument("--spinning", type=int, default=4, metavar="N")
    parser.add_argument("--sandbox", choices=("both", "bubblewrap", "none"), default="both")
    arguments = parser.parse_args()
    sandboxes = ("bubblewrap", "none") if arguments.sandbox == "both" else (arguments.sandbox,)
    if "bubblewrap" in sandboxes and (trouble := why_unavailable()):
        print(trouble)
        return 1
    red = 0
    with spinning(arguments.spinning):
        for number in map(int, arguments.weeks.split(",")):
            for sandbox in sandboxes:
                began = time.monotonic()
                wrong = [one for one in graded(number, arguments.times, sandbox) if one.score != FULL]
                red += len(wrong)
                right, seconds = arguments.times - len(wrong), time.monotonic() - began
                print(f"week {number}: {right} of {arguments.times} at {FULL} (sandbox: {sandbox}, {seconds:.0f} s)")
                for one in wrong:
                    print(f"  {told(one)}", flush=True)
    print(f"{red or 'no'} solutions lost points next to {arguments.spinning} spinning programs")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
