"""A class on the web: how long after `git push` the whole scorecard is on an open page, and how much of it is grading.

python shared/bench/site_card.py [--pushes N] [--sandbox bubblewrap|none]

One student pushes the solution and the starter by turns. Grading is what the scorecard itself says that it took; all else
counts against the limit: git, the hook, the queue, the start of the sandbox, the event, and the page that fetches the card.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from served_class import POINTS, WEEK, ServedClass, git
from site_load import at, percentile
from web_client import Connection, Fetches, LivePage, Response

MOST_OVER = 0.3  # seconds
CARD_SECONDS = 300
SCORE = re.compile(r'class="score"><strong>(\d+)</strong>')
GRADED = "Your push of "  # what a card says that waits for nothing
NAMES = ["other", "student"]


@dataclass
class Cards(Fetches):
    """What an open page fetches, and which score its card shows once it waits for nothing."""

    score: int | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def timed(self, connection: Connection, path: str, into: list[float]) -> Response | None:
        """Fetch, and look at the card."""
        response = await super().timed(connection, path, into)
        if response is not None and path.endswith("/parts/card"):
            found = SCORE.search(response.text)
            self.score = int(found[1]) if found and GRADED in response.text else None
            self.changed.set()
        return response

    async def shown(self, score: int) -> float:
        """Return when the card shows a score."""
        async with asyncio.timeout(CARD_SECONDS):
            while self.score != score:
                self.changed.clear()
                await self.changed.wait()
        return time.monotonic()


@dataclass(frozen=True)
class Push:
    """Seconds from the push to the card, and those of the grading."""

    whole: float
    grading: float

    @property
    def over(self) -> float:
        """Return what was not grading."""
        return self.whole - self.grading


def main() -> int:
    """Print each push and the figures; the exit status is 0 when they are within the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pushes", type=int, default=20, metavar="N")
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="classroom-card-") as folder:
        Path(folder).chmod(0o755)
        served = ServedClass(Path(folder), NAMES, arguments.sandbox)
        served.open()
        served.start()
        try:
            return report(asyncio.run(measure(served, arguments.pushes)))
        finally:
            served.stop()


async def measure(served: ServedClass, count: int) -> list[Push]:
    """Let a student join and push while the page of the week is open; the first push, which starts workers, is left out."""
    instructor, name = await served.sign_in(), NAMES[1]
    code = (await instructor.look("/class/")).text.partition("/join/")[2][:8]
    await served.join_all(code)
    cards = Cards()
    page = LivePage(served.browsers[name], f"/weeks/{WEEK.name}/", ("card", "pushes"), cards)
    staying = asyncio.create_task(page.stay())
    await page.opened.wait()
    found = []
    for number in range(count + 1):
        found.append(await push(served, cards, name, right=number % 2 == 0))
        print(
            f"card after {found[-1].whole:.2f} s, grading {found[-1].grading:.2f} s{'' if number else ' (first)'}",
            flush=True,
        )
    staying.cancel()
    await asyncio.gather(staying, return_exceptions=True)
    return found[1:]


async def push(served: ServedClass, cards: Cards, name: str, *, right: bool) -> Push:
    """Push the solution or the starter, and wait for its card."""
    source = WEEK / "grading" / "solution" / "app" if right else WEEK / "app"
    shutil.copytree(source, served.room / name / "app", dirs_exist_ok=True)
    await git(served.room / name, "add", "--all")
    await git(served.room / name, "commit", "--quiet", "--allow-empty", "--message", "Work")
    began = time.monotonic()
    pushing = asyncio.create_task(git(served.room / name, "push", "--quiet"))
    whole = await cards.shown(POINTS[right]) - began
    await pushing
    result = json.loads((served.folder / f".classroom/scores/{WEEK.name}/{name}.json").read_text(encoding="utf-8"))
    return Push(whole, result["duration_s"])


def report(found: list[Push]) -> int:
    """Print the figures, the most important ones last; return the exit status."""
    over, whole = sorted(each.over for each in found), sorted(each.whole for each in found)
    print(
        f"{len(found)} pushes, the whole card on the page after {at(whole, 0.5)} (p50); "
        f"over the grading: p50 {at(over, 0.5)}, p95 {at(over, 0.95)}; load average {os.getloadavg()[0]:.1f}"
    )
    return 0 if percentile(over, 0.95) <= MOST_OVER else 1


if __name__ == "__main__":
    sys.exit(main())
