"""What takes long, one part after the other, and its figures into docs/evidence.md. Run before a piece of work is called done.

python shared/bench/soak.py [PART ...]

Each part is a program that can be run alone and has options of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import evidence

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
PARTS = {
    "verify": ["-m", "classroom", "verify"],
    **{f"mutants-week{week}": ["-m", "classroom", "verify", str(week), "--mutants"] for week in range(1, 6)},
    **{f"rounds-week{week}": [HERE / "rounds.py", "--week", str(week)] for week in range(1, 6)},
    "busy": [HERE / "busy.py"],
    "kills": [HERE / "kills.py"],
    "cohort-week1": [HERE / "cohort.py", "--week", "1", "--sizes", "10,100,300,500"],
    "cohort-week3": [HERE / "cohort.py", "--week", "3", "--sizes", "10,100"],
    "pushes": [HERE / "pushes.py"],
    "pythons": [HERE / "pythons.py"],
    "walks": [HERE / "walks.py"],
    **{f"bench-{part}": [HERE / "bench.py", "--only", part] for part in ("checks", "cohorts", "databases")},
}


def main() -> int:
    """Run the parts that are named, or all; the exit status is 0 when each was well."""
    wanted = sys.argv[1:] or [*PARTS]
    if unknown := [name for name in wanted if name not in PARTS]:
        print(f"There is no part {unknown[0]!r}. There are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    red = [name for name in wanted if not run(name)]
    for name in red:
        print(f"Not well: {name}")
    return 1 if red else 0


def run(name: str) -> bool:
    """Run one part, show what it prints, and write it down line by line; True when it was well."""
    print(f"== {name}", flush=True)
    began, load = time.monotonic(), os.getloadavg()[0]
    command = [sys.executable, *PARTS[name]]
    process = subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
        evidence.write(name, well=None, seconds=time.monotonic() - began, load=load, text="".join(lines))
    well, seconds = process.wait() == 0, time.monotonic() - began
    evidence.write(name, well=well, seconds=seconds, load=load, text="".join(lines))
    print(f"-- {name}: {'well' if well else 'not well'}, {seconds:.0f} s\n", flush=True)
    return well


if __name__ == "__main__":
    sys.exit(main())
