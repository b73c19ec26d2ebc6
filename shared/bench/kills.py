"""Fifty kills: grading is ended by SIGKILL at random moments and begun again, and the gradebook is the same as after an undisturbed run.

python shared/bench/kills.py [--kills N] [--week N] [--size N] [--seed N] [--sandbox bubblewrap|none]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from classroom.core.assignment import Assignment
from cohort import TOP, command, lay_out

END_SECONDS = 30
DONE = "it was done before"
TIMES = ("graded_at", "duration_s")


def verdicts(out: Path) -> dict[str, object]:
    """All results without the times in them."""

    def timeless(value: object) -> object:
        if isinstance(value, dict):
            return {name: timeless(one) for name, one in value.items() if name not in TIMES}
        return [timeless(one) for one in value] if isinstance(value, list) else value

    return {path.stem: timeless(json.loads(path.read_text())) for path in sorted((out / "results").glob("*.json"))}


def graders(process: psutil.Process) -> bool:
    """Whether a process is a worker, or what starts apps behind the walls: an app that is killed has lost its points."""
    with contextlib.suppress(psutil.Error):
        if "classroom.checks.workers.worker" in process.cmdline() or process.name() == "bwrap":
            return True
        above = process.parent()
        return above is not None and above.name() == "bwrap"
    return False


def killed(words: list[str], environment: dict[str, str], after: float, draw: random.Random) -> tuple[str, list[str]]:
    """Begin grading, kill it after some seconds; what was killed, and what outlived it.

    One kill in four hits another process of the grader's, the others the command itself.
    """
    process = subprocess.Popen(words, cwd=TOP, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
    if process.returncode is not None:
        return DONE, []
    family = psutil.Process(process.pid).children(recursive=True)
    others = [one for one in family if graders(one)]
    target = draw.choice(others) if others and draw.random() < 1 / 4 else psutil.Process(process.pid)
    try:
        called = [Path(word).name for word in target.cmdline()[:4]]
        name = " ".join(called) if target.pid != process.pid else "the command"
        target.kill()
    except psutil.Error:
        name = "a process that had ended"
    process.wait()
    return name, [str(one) for one in psutil.wait_procs(family, timeout=END_SECONDS)[1]]


def kills(week: Assignment, size: int, count: int, seed: int, sandbox: str) -> list[str]:
    """Kill so often, resume each time; what differs from the undisturbed grading, or was left behind, in words."""
    draw, troubles = random.Random(seed), []  # noqa: S311 - moments, no secret
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        room = Path(name)
        (room / "t").mkdir()
        environment = {**os.environ, "TMPDIR": str(room / "t")}
        lay_out(week, size, room / "all")
        began = time.monotonic()
        words = command(week, room / "all", room / "whole", "--sandbox", sandbox)
        subprocess.run(words, cwd=TOP, env=environment, stdout=subprocess.DEVNULL, check=True)
        whole = time.monotonic() - began
        print(f"undisturbed: {size} submissions in {whole:.1f} s", flush=True)
        words = command(week, room / "all", room / "cut", "--sandbox", sandbox)
        done = 0
        again: list[str] = []
        while done < count:
            target, left = killed([*words, *again], environment, draw.uniform(0, whole), draw)
            troubles += [f"kill {done + 1} left {one}" for one in left]
            # What is done is begun again, so that every kill has something to hit.
            again = ["--force"] if target == DONE else []
            if not again:
                done += 1
                results = len(list((room / "cut/results").glob("*.json")))
                print(f"kill {done}: {target}, {results} of {size} there", flush=True)
        subprocess.run(words, cwd=TOP, env=environment, stdout=subprocess.DEVNULL, check=True)
        for file in ("gradebook.csv", "similar.json"):
            if (room / "cut" / file).read_bytes() != (room / "whole" / file).read_bytes():
                troubles.append(f"{file} differs from the undisturbed grading's")
        cut, undisturbed = verdicts(room / "cut"), verdicts(room / "whole")
        for student in sorted(cut.keys() | undisturbed.keys()):
            if cut.get(student) != undisturbed.get(student):
                troubles.append(f"{student} is another result: {cut.get(student)}"[:3000])
        names = {path.relative_to(room / "cut").as_posix() for path in (room / "cut").rglob("*")}
        names ^= {path.relative_to(room / "whole").as_posix() for path in (room / "whole").rglob("*")}
        troubles += [f"only one of both has {name}" for name in sorted(names)]
        troubles += [f"{path.name} was left in the temporary folder" for path in (room / "t").iterdir()]
    return troubles


def main() -> int:
    """The exit status is 0 when nothing differs and nothing is left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, metavar="N")
    parser.add_argument("--week", default="1", metavar="N")
    parser.add_argument("--size", type=int, default=12, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap")
    arguments = parser.parse_args()
    seed = secrets.randbelow(100_000) if arguments.seed is None else arguments.seed
    week = Assignment.load(next(TOP.glob(f"week{arguments.week}-*")))
    print(f"{week.name}: {arguments.kills} kills, drawn by {seed}, walls: {arguments.sandbox}", flush=True)
    troubles = kills(week, arguments.size, arguments.kills, seed, arguments.sandbox)
    for trouble in troubles:
        print(f"- {trouble}")
    print(f"{arguments.kills} kills, {len(troubles) or 'no'} problems")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
