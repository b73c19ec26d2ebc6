"""Thirty kills on the web, while students push, join and accept, and comments are written: nothing is lost.

The server, its database or a worker is ended by SIGKILL at random moments. What anybody was told must be there at the
end, and no commit may have been graded into two different results.

python shared/bench/site_kills.py [--kills N] [--students N] [--seed N] [--sandbox bubblewrap|none]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from served_class import POINTS, TOP, WEEK, ServedClass, git
from web_client import Browser

PATIENCE_SECONDS = 600
PAUSE_SECONDS = 0.5
SERVER, DATABASE, WORKER = "the server", "the database", "a worker"
SHARES = {SERVER: 6, DATABASE: 3, WORKER: 3}
SCORED = re.compile(r"^\+\*\*(\d+) of \d+ points\*\*|^\+Graded .*, commit ([0-9a-f]{40})", re.MULTILINE)
TROUBLES = (OSError, EOFError, SystemExit, AssertionError)  # of somebody whose server is killed


@dataclass
class Promised:
    """What people were told: it must be there at the end."""

    pushes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    joins: dict[str, Browser] = field(default_factory=dict)
    repositories: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        pushes = sum(map(len, self.pushes.values()))
        return f"{pushes} pushes, {len(self.joins)} joins, {len(self.repositories)} acceptances, {len(self.comments)} comments"


def main() -> int:
    """Print what was lost; the exit status is 0 if that is nothing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--kills", type=int, default=30, metavar="N")
    parser.add_argument("--students", type=int, default=6, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap")
    arguments = parser.parse_args()
    seed = secrets.randbelow(100_000) if arguments.seed is None else arguments.seed
    print(f"{arguments.kills} kills, drawn by {seed}, sandbox {arguments.sandbox}", flush=True)
    names = [f"student{number:03d}" for number in range(1, arguments.students + 1)]
    with tempfile.TemporaryDirectory(prefix="classroom-kills-") as folder:
        Path(folder).chmod(0o755)
        served = ServedClass(Path(folder), names, arguments.sandbox)
        served.open()
        (served.folder / ".classroom" / "patience").write_text(
            "2\n"
        )  # a push that waits for its card promises nothing yet
        served.start()
        try:
            promised, troubles = asyncio.run(kill_often(served, arguments.kills, random.Random(seed)))  # noqa: S311
        finally:
            served.stop()
    for trouble in troubles:
        print(f"- {trouble}")
    print(f"{arguments.kills} kills, {promised}: {len(troubles) or 'no'} problems")
    return 1 if troubles else 0


async def kill_often(served: ServedClass, count: int, draw: random.Random) -> tuple[Promised, list[str]]:
    """Kill something while people work, again and again; return what was promised, and what of it is missing."""
    promised = Promised()
    instructor = await served.sign_in()
    code = (await instructor.look("/class/")).text.partition("/join/")[2][:8]
    await served.join_all(code)
    people = [asyncio.create_task(push_on(served, promised, name)) for name in served.names]
    people += [asyncio.create_task(join_on(served, promised, code)), asyncio.create_task(comment_on(served, promised))]
    for number in range(1, count + 1):
        await asyncio.sleep(draw.uniform(0.2, 6))
        target = draw.choices(list(SHARES), list(SHARES.values()))[0]
        killed = kill(served, target)
        print(f"kill {number}: {target if killed else f'{target} was not running'}; {promised}", flush=True)
        if target == SERVER:
            await asyncio.to_thread(served.start)
    for task in people:
        task.cancel()
    await asyncio.gather(*people, return_exceptions=True)
    troubles = await missing(served, promised)
    return promised, troubles


def kill(served: ServedClass, target: str) -> bool:
    """End a process by SIGKILL; return whether there was one."""
    assert served.process is not None
    family = psutil.Process(served.process.pid).children(recursive=True)
    with contextlib.suppress(psutil.Error, OSError, IndexError, ValueError):
        if target == SERVER:
            served.process.kill()
            served.process.wait()
        elif target == DATABASE:
            note = served.folder / ".classroom/database/data/postmaster.pid"
            psutil.Process(int(note.read_text().split()[0])).kill()
        else:
            workers = (one for one in family if "classroom.checks.workers.worker" in one.cmdline())
            return next((one.kill() for one in workers), 1) is None
        return True
    return False


async def push_on(served: ServedClass, promised: Promised, name: str) -> None:
    """Commit and push, over and over."""
    clone = served.room / name
    for number in range(10**6):
        served.work(name, str(number))
        await git(clone, "commit", "--quiet", "--all", "--message", f"Work {number}")
        commit = (await git(clone, "rev-parse", "HEAD")).text.strip()
        if (await git(clone, "push", "--quiet", check=False)).status == 0:
            promised.pushes[name].append(commit)
        await asyncio.sleep(PAUSE_SECONDS)


async def join_on(served: ServedClass, promised: Promised, code: str) -> None:
    """Join under new names, and accept the week."""
    for number in range(10**6):
        browser, name = Browser(served.url), f"Guest {'ABCDEFGHIJ'[number % 10]} Number{number}"
        with contextlib.suppress(*TROUBLES):
            await browser.look(f"/join/{code}")
            if "Get your repository" in (await browser.submit(f"/join/{code}", name=name)).text:
                promised.joins[name] = browser
                page = await browser.submit(f"/weeks/{WEEK.name}/accept")
                if found := re.search(r"git clone (\S+?)</code>", page.text):
                    promised.repositories[name] = found[1]
        browser.connection.close()
        await asyncio.sleep(PAUSE_SECONDS)


async def comment_on(served: ServedClass, promised: Promised) -> None:
    """Write comments for students."""
    for number in range(10**6):
        await comment(served, promised, number)
        await asyncio.sleep(PAUSE_SECONDS)


async def comment(served: ServedClass, promised: Promised, number: int) -> bool:
    """Write a comment for a student into the adjustments; return whether that was possible."""
    text = f"Remark {number}."
    words = ["adjust", str(served.folder), served.names[number % len(served.names)], "1", "comment", text]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "classroom", *words, cwd=TOP, stdout=subprocess.DEVNULL
    )
    is_written = await process.wait() == 0
    if is_written:
        promised.comments.append(text)
    return is_written


async def missing(served: ServedClass, promised: Promised) -> list[str]:
    """Return what was promised and is not there, in sentences."""
    troubles = await ungraded(served)
    for name in served.names:
        received = (served.repository(name) / "classroom-received").read_text()
        lost = [commit for commit in promised.pushes[name] if commit not in received]
        troubles += [f"the push {commit} of {name} is lost" for commit in lost]
        troubles += await contradictions(served, name)
    adjustments = served.folder / "adjustments.csv"
    comments = adjustments.read_text() if promised.comments else ""
    troubles += [f"the comment {text!r} is lost" for text in promised.comments if text not in comments]
    for name, browser in promised.joins.items():
        page = await browser.look("/")
        if name not in page.text or "Your weeks" not in page.text:
            troubles.append(f"{name} has joined, and is not signed in any more")
    for name, address in promised.repositories.items():
        if (told := await git(served.room, "ls-remote", address, check=False)).status:
            troubles.append(f"{name} has accepted, and cannot clone: {told.text[-200:]}")
    return troubles


async def ungraded(served: ServedClass) -> list[str]:
    """Wait until the last push of everybody is graded; return a sentence for each that is not, or is graded wrong."""
    end = time.monotonic() + PATIENCE_SECONDS
    tips = {name: (await git(served.repository(name), "rev-parse", "main")).text.strip() for name in served.names}
    wanted = {name: (tip, POINTS[served.is_right(name)]) for name, tip in tips.items()}
    while not wanted.items() <= served.scores().items() and time.monotonic() < end:  # noqa: ASYNC110 - files
        await asyncio.sleep(0.5)
    found = served.scores()
    return [
        f"{name} has {found.get(name)}, expected {want}" for name, want in wanted.items() if found.get(name) != want
    ]


async def contradictions(served: ServedClass, name: str) -> list[str]:
    """Return a sentence for each commit whose scorecards have said something else than is right."""
    words = ("log", "--reverse", "--unified=0", "--patch", "feedback", "--", "SCORECARD.md")
    text = (await git(served.repository(name), *words)).text
    scores, points = defaultdict[str, set[int]](set), -1
    for found in SCORED.finditer(text):
        if found[1]:
            points = int(found[1])
        else:
            scores[found[2]].add(points)
    return [
        f"{commit} of {name} was graded with {sorted(told)}"
        for commit, told in scores.items()
        if told != {POINTS[served.is_right(name)]}
    ]


if __name__ == "__main__":
    sys.exit(main())
