"""A whole class that pushes within a minute: every push taken, every one graded, and how long that takes.

python shared/bench/pushes.py [--students N] [--seconds N] [--sandbox bubblewrap|none]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
WEEK = TOP / "week1-hello-api"
WHO = ("-c", "user.name=Student", "-c", "user.email=student@example.org")
PATIENCE_SECONDS = 1800


@dataclass
class Push:
    """What one push was told, and how long it took."""

    name: str
    seconds: float
    status: int
    told: str


def main() -> int:
    """Print the figures; the exit status is 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=200, metavar="N")
    parser.add_argument("--seconds", type=float, default=60, metavar="N", help="within which all push (60)")
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap")
    arguments = parser.parse_args()
    names = [f"student{number:03d}" for number in range(1, arguments.students + 1)]
    with tempfile.TemporaryDirectory(prefix="classroom-pushes-") as folder:
        room = Path(folder)
        began = time.monotonic()
        prepare(room, names)
        print(f"{len(names)} repositories opened and worked on in {time.monotonic() - began:.0f} s", flush=True)
        return 0 if pushed(room, names, arguments.seconds, arguments.sandbox) else 1


def prepare(room: Path, names: list[str]) -> None:
    """Open a classroom, clone every repository, and commit the solution or the untouched starter with a remark."""
    (room / "roster.csv").write_text("github_username\n" + "\n".join(names) + "\n", encoding="utf-8")
    words = ["open", str(room / "class"), "--roster", str(room / "roster.csv"), "--weeks", "1"]
    subprocess.run([sys.executable, "-m", "classroom", *words], cwd=TOP, check=True, stdout=subprocess.DEVNULL)
    for number, name in enumerate(names):
        clone = room / name
        git(room, "clone", "--quiet", str(room / "class" / WEEK.name / f"{WEEK.name}-{name}.git"), str(clone))
        if number % 4:
            shutil.copytree(WEEK / "grading" / "solution", clone, dirs_exist_ok=True)
        with (clone / "app" / "main.py").open("a", encoding="utf-8") as file:
            file.write(f"\n# {name}\n")
        git(clone, "commit", "--quiet", "--all", "--message", "Work")


def pushed(room: Path, names: list[str], seconds: float, sandbox: str) -> bool:
    """Have all push, each at a moment of its own, and wait until all are graded; whether nothing was lost."""
    draw = random.Random(1)  # noqa: S311 - for the moments of pushes
    moments = {name: draw.uniform(0, seconds) for name in names}
    command = [
        sys.executable,
        "-m",
        "classroom",
        "serve",
        str(room / "class"),
        "--sandbox",
        sandbox,
        "--listen",
        "none",
    ]
    with (room / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, cwd=TOP, stdout=log, stderr=log)
    while not (room / "class" / ".classroom" / "serving").exists() and server.poll() is None:
        threading.Event().wait(0.1)
    began = time.monotonic()

    def push(name: str) -> Push:
        time.sleep(max(0, began + moments[name] - time.monotonic()))
        start = time.monotonic()
        done = git(room / name, "push", check=False)
        return Push(name, time.monotonic() - start, done.returncode, done.stdout + done.stderr)

    try:
        with ThreadPoolExecutor(len(names)) as hands:
            pushes = list(hands.map(push, names))
        last = time.monotonic() - began
        scores = awaited(room, names)
    finally:
        server.terminate()
        server.wait()
    whole = time.monotonic() - began
    answered = [one for one in pushes if re.search(r"Total +\d+/100", one.told)]
    queued = [one for one in pushes if "in the queue" in one.told]
    times = sorted(one.seconds for one in pushes)
    print(f"{sum(one.status == 0 for one in pushes)} of {len(names)} pushes taken within {last:.0f} s")
    print(f"{len(answered)} answered with the scorecard, {len(queued)} told their place in the queue")
    print(f"a push took {statistics.median(times):.1f} s in the middle, {times[-1]:.1f} s at most")
    right = sum(scores.get(name) == (100 if number % 4 else 5) for number, name in enumerate(names))
    print(f"{len(scores)} graded, {right} of them right, {whole:.0f} s after the first push, sandbox {sandbox}")
    return all(one.status == 0 for one in pushes) and right == len(names) == len(answered) + len(queued)


def awaited(room: Path, names: list[str]) -> dict[str, int]:
    """The scores, once everybody has one."""
    folder = room / "class" / ".classroom" / "scores" / WEEK.name
    until = time.monotonic() + PATIENCE_SECONDS
    while len(list(folder.glob("student*.json"))) < len(names) and time.monotonic() < until:
        threading.Event().wait(0.2)
    return {path.stem: json.loads(path.read_text(encoding="utf-8"))["score"] for path in folder.glob("student*.json")}


def git(folder: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """A git command of a student's."""
    around = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        ["git", *WHO, *words], cwd=folder, capture_output=True, text=True, check=check, env=around, errors="replace"
    )


if __name__ == "__main__":
    sys.exit(main())
