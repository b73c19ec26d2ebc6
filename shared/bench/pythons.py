"""Each week and each extra as students get it, alone in a fresh environment of each Python that the course promises.

python shared/bench/pythons.py [--week N] [--extra NAME] [PYTHON ...]

Without a PYTHON, those of the versions 3.11 to 3.13 that are on the search path or among pyenv's. The starter must have
task 1 and no more, the solution's files laid over it everything, also under plain pytest.
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

from classroom.core.assignment import Assignment, weeks
from classroom.core.course import assignment_folders, find

TOP = Path(__file__).resolve().parents[2]
VERSIONS = ("3.11", "3.12", "3.13")
ASIDE = ("PYTHON", "PYTEST", "VIRTUAL")


def main() -> int:
    """Print a line for each; the exit status is 0 when all are well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--week", type=int, metavar="N")
    parser.add_argument("--extra", metavar="NAME")
    parser.add_argument("pythons", nargs="*", metavar="PYTHON")
    arguments = parser.parse_args()
    pythons = arguments.pythons or found()
    if not pythons:
        print(f"None of Python {', '.join(VERSIONS)} was found: name one.", file=sys.stderr)
        return 2
    red = 0
    for assignment in map(Assignment.load, chosen(arguments.week, arguments.extra)):
        for python in pythons:
            began = time.monotonic()
            trouble = tried(assignment, python)
            red += bool(trouble)
            seconds = time.monotonic() - began
            print(f"{assignment.name:20} {version(python):8} {trouble or 'well'}, {seconds:.0f} s", flush=True)
    return 1 if red else 0


def chosen(week: int | None, extra: str | None) -> list[Path]:
    """The folders of a week, of an extra, or of all weeks and extras where neither is named."""
    if extra:
        return [find(extra, TOP)]
    return [weeks(TOP)[week]] if week else assignment_folders(TOP)


def found() -> list[str]:
    """One interpreter of each version; a name on the search path may be a stand-in that leads nowhere."""
    places = []
    for wanted in VERSIONS:
        homes = sorted(Path.home().glob(f".pyenv/versions/{wanted}.*/bin/python"))
        known = [*filter(None, [shutil.which(f"python{wanted}")]), *map(str, homes)]
        places += [python for python in known if version(python).startswith(wanted)][:1]
    return places


def version(python: str) -> str:
    """Its number, or nothing where it does not run."""
    return run([python, "-c", "import platform; print(platform.python_version())"], TOP).stdout.strip()


def tried(assignment: Assignment, python: str) -> str:
    """Publish a week or an extra, set it up as its README says, check it twice; what was wrong, or nothing."""
    with tempfile.TemporaryDirectory(prefix="classroom-pythons-") as room:
        week = Path(room, "week")
        steps = [
            ([sys.executable, "-m", "classroom", "publish", str(assignment.folder), "--to", str(week)], TOP),
            ([python, "-m", "venv", f"{room}/venv"], Path(room)),
            ([f"{room}/venv/bin/python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt"], week),
        ]
        for command, folder in steps:
            done = run(command, folder)
            if done.returncode:
                return f"{command[2:4]}: {(done.stderr or done.stdout).strip()[-500:]}"
        own = f"{room}/venv/bin/python"
        baseline = assignment.tasks[0].points
        starter = run([own, "-m", "classroom", "check"], week).stdout
        if not re.search(rf"Total\s+{baseline}/{assignment.max_score}\b", starter):
            return f"the starter: {starter[-1500:]}"
        shutil.copytree(assignment.folder / "grading" / "solution", week, dirs_exist_ok=True)
        solved = run([own, "-m", "classroom", "check"], week)
        if solved.returncode or not re.search(
            rf"Total\s+{assignment.max_score}/{assignment.max_score}\b", solved.stdout
        ):
            return f"the solution: {solved.stdout[-1500:]}{solved.stderr[-500:]}"
        plainly = run([own, "-m", "pytest", "-q"], week)
        return f"pytest: {plainly.stdout[-1500:]}" if plainly.returncode else ""


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A command without what would lead a new Python back to this one."""
    around = {name: value for name, value in os.environ.items() if not name.startswith(ASIDE)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=around)


if __name__ == "__main__":
    sys.exit(main())
