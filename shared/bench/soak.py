"""Run what takes long, one part after the other, and record the figures in docs/evidence.md.

python shared/bench/soak.py [PART ...]

Each part is a program that can be run alone and has options of its own.
"""

from __future__ import annotations

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
    "mutants-extras": [HERE / "mutants_of_extras.py"],
    **{f"rounds-week{week}": [HERE / "rounds.py", "--week", str(week)] for week in range(1, 6)},
    "new-week": [HERE / "new_week.py"],
    "busy": [HERE / "busy.py"],
    "kills": [HERE / "kills.py"],
    "neighbors": [HERE / "neighbors.py"],
    "cohort-week1": [HERE / "cohort.py", "--week", "1", "--sizes", "10,100,300,500"],
    "cohort-week3": [HERE / "cohort.py", "--week", "3", "--sizes", "10,100"],
    "term": [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--students",
        "40",
        "shared/tests/end_to_end/test_term.py",
    ],
    "long": ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "long", "shared/tests"],
    "similar": [HERE / "similar.py"],
    "page": [HERE / "page.py"],
    "pushes": [HERE / "pushes.py"],
    "site": [HERE / "site_load.py"],
    "site-card": [HERE / "site_card.py"],
    "site-kills": [HERE / "site_kills.py"],
    "site-full-disk": [HERE / "site_full_disk.py"],
    "site-api": [HERE / "site_api.py"],
    "workers": [HERE / "workers.py", "--week", "3"],  # where the server, on the same cores, has the smallest share
    "load": [HERE / "load.py"],
    "control-room": [HERE / "control_room.py"],
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
    """Run one part, show and keep what it prints, and record its last line; return whether it was well."""
    print(f"== {name}", flush=True)
    began, lines = time.monotonic(), [""]
    command = [sys.executable, *PARTS[name]]
    process = subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdout is not None
    half = evidence.log(f"{name}.half")
    with half.open("w", encoding="utf-8") as log:
        for line in process.stdout:
            print(line, end="", flush=True)
            print(line, end="", file=log, flush=True)
            lines += [line.strip()] if line.strip() else []
    half.replace(evidence.log(name))
    well = process.wait() == 0
    evidence.record(name, lines[-1] if well else f"not well: {lines[-1]}")
    print(f"-- {name}: {'well' if well else 'not well'}, {time.monotonic() - began:.0f} s\n", flush=True)
    return well


if __name__ == "__main__":
    sys.exit(main())
