"""Round after round of verify, each with data of its own: a wobble shows as a problem that one round has and another not.

python shared/bench/rounds.py --week N [--rounds N] [--sandbox turns|bubblewrap|none]

By turns, one round in five runs without a sandbox, as a student's own check does. Finished rounds are kept in `.soak/`
and not run again: a run that was stopped after seven goes on with the eighth.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import evidence
from classroom.apps.sandbox.bubblewrap import why_unavailable

TOP = Path(__file__).resolve().parents[2]
WELL = "no problems"
JOBS = 3 * (os.cpu_count() or 1)  # more than verify takes by itself: what wobbles, wobbles in a crowd


def main() -> int:
    """Print a line for each round; the exit status is 0 when no round found a problem."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--week", required=True, metavar="N")
    parser.add_argument("--rounds", type=int, default=20, metavar="N")
    parser.add_argument("--sandbox", choices=("turns", "bubblewrap", "none"), default="turns")
    arguments = parser.parse_args()
    kept = evidence.log(f"rounds-week{arguments.week}-done")
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    if len(lines) >= arguments.rounds:
        lines = []
    for line in lines:
        print(line, flush=True)
    for seed in range(len(lines) + 1, arguments.rounds + 1):
        lines.append(one_round(arguments.week, seed, walls(arguments.sandbox, seed)))
        print(lines[-1], flush=True)
        kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
    red = sum(WELL not in line for line in lines)
    print(f"{len(lines)} rounds, {red} with problems")
    return 1 if red else 0


def walls(wanted: str, seed: int) -> str:
    """What stands around the answers in this round."""
    if wanted != "turns":
        return wanted
    return "none" if seed % 5 == 1 or why_unavailable() else "bubblewrap"


def one_round(week: str, seed: int, sandbox: str) -> str:
    """Verify a week; return the line that tells of it. What is wrong goes to the screen."""
    began = time.monotonic()
    how = ["--seed", str(seed), "--sandbox", sandbox, "--jobs", str(JOBS)]
    command = [sys.executable, "-m", "classroom", "verify", week, *how]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr, flush=True)
    end = (done.stdout.strip().splitlines() or ["it printed nothing"])[-1]
    day, seconds = datetime.now(UTC).strftime("%Y-%m-%d"), time.monotonic() - began
    return f"round {seed}: {end} ({day}, {evidence.commit()}, walls: {sandbox}, {seconds:.0f} s)"


if __name__ == "__main__":
    sys.exit(main())
