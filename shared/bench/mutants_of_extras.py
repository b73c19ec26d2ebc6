"""Break the solution of every extra, or of those that are named, in many small ways, and count what the checks notice.

python shared/bench/mutants_of_extras.py [NAME ...]
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
COUNTS = re.compile(r": (\d+) mutants, \d+ lose points, (\d+) are listed as right, (none|\d+) survive unlisted")


def main() -> int:
    """Try the mutants of one extra after another; the exit status is 0 if none survives without being listed."""
    wanted = sys.argv[1:] or [path.parent.name for path in sorted(TOP.glob("week*/extra/*/assignment.toml"))]
    tried = listed = 0
    red = []
    for name in wanted:
        done = subprocess.run(
            [sys.executable, "-m", "classroom", "verify", name, "--mutants"],
            cwd=TOP,
            capture_output=True,
            text=True,
            check=False,
        )
        print(done.stdout or done.stderr, flush=True)
        found = COUNTS.search(done.stdout)
        tried += int(found[1]) if found else 0
        listed += int(found[2]) if found else 0
        red += [name] if done.returncode or not found else []
    survive = f"survivors or problems in {', '.join(red)}" if red else "no others survive"
    print(f"{len(wanted)} extras: {tried} mutants, {listed} named as right, {survive}")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
