"""How long a check takes beside the usual way, in one run, by turns: whole processes, medians and the ratio.

python shared/bench/bench.py [--rounds N] [--week N]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]


def environment() -> dict[str, str]:
    """Without what makes Python slow or strange: both sides get the same."""
    unwanted = ("PYTHON", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}


def timed(command: list[str], folder: Path, more: dict[str, str]) -> float:
    """Seconds of one whole process.

    Raises:
        SystemExit: it did not pass, so that its time says nothing.
    """
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment() | more, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(
            f"{' '.join(command)} in {folder} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-2000:]}"
        )
    return seconds


def solved(week: Path, room: Path) -> Path:
    """A copy of the week with its solution, as a student has it in the end."""
    target = room / week.name
    shutil.copytree(week, target, ignore=shutil.ignore_patterns("grading", "__pycache__", ".classroom"))
    shutil.copytree(week / "grading" / "solution", target, dirs_exist_ok=True)
    return target


def compare(week: Path, rounds: int) -> tuple[float, float, float]:
    """Medians of a check and of the usual way on the solution, and the median of the ratios pair by pair."""
    with tempfile.TemporaryDirectory(prefix="classroom-bench-") as room:
        folder = solved(week, Path(room))
        ours = [sys.executable, "-m", "classroom", "check", str(folder)]
        usual = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-c",
            "pytest.ini",
            "-p",
            "plain",
            "-p",
            "no:cacheprovider",
            "tests",
        ]
        plain = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(HERE)}
        pairs = [(timed(ours, folder, {}), timed(usual, folder, plain)) for _ in range(rounds + 1)][1:]
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return one, other, statistics.median(a / b for a, b in pairs)


def main() -> None:
    """Print a row for each week."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, metavar="N")
    parser.add_argument("--week", type=int, action="append", metavar="N")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, medians of {arguments.rounds} rounds, by turns")
    print(f"{'':24}{'check':>9}{'pytest with TestClient':>25}{'ratio':>8}")
    for number in arguments.week or [1, 2]:
        (week,) = TOP.glob(f"week{number}-*")
        ours, usual, ratio = compare(week, arguments.rounds)
        print(f"{week.name:24}{ours:>7.2f} s{usual:>23.2f} s{ratio:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
