"""What takes long, one part after the other: rounds of verify, kills, cohorts, pushes, Pythons. Run before a piece of work is called done.

python shared/bench/soak.py [PART ...]

Each part is a program beside this one, which can be run alone and has options of its own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = {
    "rounds": ["rounds.py"],
    "kills": ["kills.py"],
    "week1": ["cohort.py", "--week", "1", "--sizes", "10,100,300,500"],
    "pushes": ["pushes.py"],
    "pythons": ["pythons.py"],
    "week3": ["cohort.py", "--week", "3", "--sizes", "10,100"],
}


def main() -> int:
    """Run the parts that are named, or all; the exit status is 0 when each was well."""
    if unknown := [name for name in sys.argv[1:] if name not in PARTS]:
        print(f"There is no part {unknown[0]}. There are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    red = []
    for name in sys.argv[1:] or PARTS:
        print(f"== {name}", flush=True)
        began = time.monotonic()
        script, *words = PARTS[name]
        if subprocess.run([sys.executable, HERE / script, *words], check=False).returncode:
            red.append(name)
        print(f"-- {name}: {'not well' if name in red else 'well'}, {time.monotonic() - began:.0f} s\n", flush=True)
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
