"""Make weeks with `classroom new`, without services and with a database, and prove each of them whole, with its mutants.

python shared/bench/new_week.py
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
WEEKS = {"week6-queues": (), "week7-archive": ("--services", "postgres")}
TASKS = ("Archive a note", "404 for all")


def main() -> int:
    """Make and prove each week; the last line has the totals."""
    answers = mutants = 0
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "shared").symlink_to(TOP / "shared")
        for name, options in WEEKS.items():
            number = name[4]
            classroom(folder, "new", "week", name, *options)
            for title in TASKS:
                classroom(folder, "new", "task", number, title)
            answers += graded(classroom(folder, "verify", number))
            mutants += graded(classroom(folder, "verify", number, "--mutants"))
    print(f"{len(WEEKS)} new weeks: {answers} answers and {mutants} mutants graded, no problems")
    return 0


def graded(said: str) -> int:
    """Return how many answers a `verify` graded; it ends with that line."""
    found = re.search(r"^(\d+) answers? graded in .*, no problems$", said, re.MULTILINE)
    if found is None:
        raise SystemExit(said)
    return int(found[1])


def classroom(folder: str, *words: str) -> str:
    """Run a command in the course, show what it prints, and return it; a failure ends the program."""
    done = subprocess.run(
        [sys.executable, "-m", "classroom", *words], cwd=folder, stdout=subprocess.PIPE, text=True, check=False
    )
    print(done.stdout, end="", flush=True)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
