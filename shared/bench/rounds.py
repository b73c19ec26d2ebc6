"""Round after round of verify, each with data of its own: a wobble shows as a problem that one round has and another not.

python shared/bench/rounds.py [--rounds N] [--week N] [--sandbox bubblewrap|none]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]


def main() -> int:
    """Print a line for each round; the exit status is 0 when no round found a problem."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, metavar="N")
    parser.add_argument("--week", metavar="N")
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), default="none")
    arguments = parser.parse_args()
    red = 0
    for seed in range(1, arguments.rounds + 1):
        began = time.monotonic()
        command = [sys.executable, "-m", "classroom", "verify", *([arguments.week] if arguments.week else [])]
        command += ["--seed", str(seed), "--sandbox", arguments.sandbox]
        done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
        red += done.returncode != 0
        print(
            f"round {seed}: {done.stdout.strip().splitlines()[-1:] or done.stderr}, {time.monotonic() - began:.0f} s",
            flush=True,
        )
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
    print(f"{arguments.rounds} rounds, {red} with problems")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
