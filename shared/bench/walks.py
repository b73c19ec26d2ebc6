"""A newcomer's walk in the student edition, by `make` alone: from the clone to all points of each week and its extras.

python shared/bench/walks.py [--week N] [PYTHON ...]

The pythons are python3.11, python3.12 and python3.13, from the PATH or from pyenv, unless others are named.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
VERSIONS = ("3.11", "3.12", "3.13")
BASELINE = 5  # what every starter has: its first task


def pythons() -> list[str]:
    """One interpreter of each version that is found here."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = []
    for version in VERSIONS:
        places = sorted(pyenv.glob(f"{version}.*/bin/python3"))
        place = shutil.which(f"python{version}") or (str(places[-1]) if places else None)
        # A shim of pyenv's is there for versions that are not.
        if place and subprocess.run([place, "-c", ""], capture_output=True, check=False).returncode:
            place = str(places[-1]) if places else None
        if place:
            found.append(place)
        else:
            print(f"There is no Python {version} here.", flush=True)
    return found


def make(folder: Path, python: str, *target: str) -> str:
    """What a target of the Makefile says.

    Raises:
        SystemExit: it failed.
    """
    unwanted = ("PYTHON", "PYTEST_", "VIRTUAL_ENV", "CLASSROOM", "MAKE")
    around = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    done = subprocess.run(
        ["make", *target, f"PYTHON={python}"], cwd=folder, env=around, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"make {' '.join(target)} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def score(card: str) -> int:
    """The points in the last line of a scorecard's table."""
    found = re.search(r"Total\s+(\d+)/100", card)
    if not found:
        sys.exit(f"There is no scorecard in:\n{card[-3000:]}")
    return int(found[1])


def walk(python: str, weeks: list[int]) -> bool:
    """Clone the student edition, set it up, and do each week and its extras; True when every score is what it should be."""
    with tempfile.TemporaryDirectory(prefix="a walk ") as room:
        edition, clone = Path(room, "edition"), Path(room, "hello backend")
        publish = [sys.executable, "-m", "classroom", "publish", "all", "--to", str(edition)]
        subprocess.run(publish, cwd=TOP, check=True, capture_output=True)
        subprocess.run(["git", "clone", "--quiet", edition, clone], check=True)
        began = time.monotonic()
        make(clone, python, "setup")
        used = subprocess.run([clone / ".venv/bin/python", "--version"], capture_output=True, text=True, check=True)
        print(f"{used.stdout.strip()}: set up in {time.monotonic() - began:.0f} s", flush=True)
        well = [done for number in weeks for done in _week(clone, python, number)]
    return all(well)


def _week(clone: Path, python: str, number: int) -> list[bool]:
    """Do a week, then each of its extras; whether the scores are what they should be."""
    (week,) = clone.glob(f"week{number}-*")
    extras = sorted(path.parent for path in week.glob("extra/*/assignment.toml"))
    return [
        _solved(clone, python, week, f"week{number}"),
        *(_solved(clone, python, extra, "extra", f"NAME={extra.name}") for extra in extras),
    ]


def _solved(clone: Path, python: str, folder: Path, *target: str) -> bool:
    starter = score(make(clone, python, *target))
    shutil.copytree(TOP / folder.relative_to(clone) / "grading" / "solution", folder, dirs_exist_ok=True)
    began = time.monotonic()
    solved = score(make(clone, python, *target))
    print(
        f"  {folder.name:24} starter {starter:>3}, solved {solved:>3} in {time.monotonic() - began:.1f} s", flush=True
    )
    return (starter, solved) == (BASELINE, 100)


def main() -> int:
    """Walk on each Python; the exit status is 0 when every walk ended well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pythons", nargs="*", metavar="PYTHON")
    parser.add_argument("--week", type=int, action="append", metavar="N")
    arguments = parser.parse_args()
    well = [walk(python, arguments.week or [1, 2, 3, 4, 5]) for python in arguments.pythons or pythons()]
    return int(not all(well))


if __name__ == "__main__":
    sys.exit(main())
