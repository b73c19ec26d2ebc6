"""A class on the web: all push over http within a minute while hundreds of live pages are open.

python shared/bench/site_load.py [--students N] [--pages N] [--seconds N] [--sandbox bubblewrap|none]

Browsers and git of all students run on the same cores as the server.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import resource
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from served_class import POINTS, WEEK, ServedClass, Told, git
from web_client import Browser, Fetches, LivePage

MOST_ACCEPTANCE, MOST_P95 = 2.0, 0.150  # seconds
PATIENCE_SECONDS, LOOK_SECONDS = 1800, 3.0
READERS_PER_SECOND = 2.0  # students who load a whole page
STAFF_PAGES = 3


@dataclass
class Run:
    """What was measured."""

    fetches: Fetches = field(default_factory=Fetches)
    pushes: dict[str, Told] = field(default_factory=dict)
    memory: float = 0.0
    graded_after: float = 0.0


def main() -> int:
    """Print the figures; the exit status is 0 when they are within the limits and nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=200, metavar="N")
    parser.add_argument("--pages", type=int, default=500, metavar="N")
    parser.add_argument("--seconds", type=float, default=60, metavar="N", help="within which all push (60)")
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap")
    arguments = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the browsers' connections
    names = [f"student{number:03d}" for number in range(1, arguments.students + 1)]
    with tempfile.TemporaryDirectory(prefix="classroom-site-") as folder:
        Path(folder).chmod(0o755)
        served = ServedClass(Path(folder), names, arguments.sandbox)
        served.open()
        served.start()
        try:
            run = asyncio.run(measure(served, arguments.pages, arguments.seconds))
        except BaseException:
            print("\n".join(served.troubles()))
            raise
        finally:
            served.stop()
        return report(served, run, arguments.pages)


async def measure(served: ServedClass, pages: int, seconds: float) -> Run:
    """Let all join, open the pages, and let all push."""
    began, run = time.monotonic(), Run()
    instructor = await served.sign_in()
    code = (await instructor.look("/class/")).text.partition("/join/")[2][:8]
    await served.join_all(code)
    print(f"{len(served.names)} students joined, accepted and cloned in {time.monotonic() - began:.0f} s", flush=True)
    live = open_pages(served, instructor, pages, run.fetches)
    staying = [asyncio.create_task(page.stay()) for page in live]
    while not all(page.is_quiet for page in live):  # noqa: ASYNC110 - opening all at once is not what is measured
        await asyncio.sleep(0.5)
    print(f"{len(live)} live pages open, load average {os.getloadavg()[0]:.1f}", flush=True)
    run.fetches.parts.clear()
    staying += [asyncio.create_task(read_pages(served, run)), asyncio.create_task(watch(served, run))]
    began = time.monotonic()
    await asyncio.gather(*(push(served, run, name, when) for name, when in moments(served.names, seconds)))
    print(f"all have pushed after {time.monotonic() - began:.0f} s", flush=True)
    await graded(served)
    run.graded_after = time.monotonic() - began
    await asyncio.sleep(1)
    for task in staying:
        task.cancel()
    await asyncio.gather(*staying, return_exceptions=True)
    return run


def moments(names: list[str], seconds: float) -> list[tuple[str, float]]:
    """Return when each student pushes."""
    draw = random.Random(1)  # noqa: S311 - for the moments of pushes
    return [(name, draw.uniform(0, seconds)) for name in names]


def open_pages(served: ServedClass, instructor: Browser, count: int, fetches: Fetches) -> list[LivePage]:
    """Return the pages: a few of the class, the others of the students' weeks, more than one for most students."""
    pages = [LivePage(instructor, "/class/", ("class",), fetches) for _ in range(min(STAFF_PAGES, count))]
    for number in range(count - len(pages)):
        browser = served.browsers[served.names[number % len(served.names)]]
        pages.append(LivePage(browser, f"/weeks/{WEEK.name}/", ("card", "pushes"), fetches))
    return pages


async def push(served: ServedClass, run: Run, name: str, when: float) -> None:
    """Push at a student's moment."""
    await asyncio.sleep(when)
    run.pushes[name] = await git(served.room / name, "push", "--quiet", check=False)


async def read_pages(served: ServedClass, run: Run) -> None:
    """Load whole pages, one after the other."""
    draw = random.Random(2)  # noqa: S311
    while True:
        browser = served.browsers[draw.choice(served.names)]
        for path in ("/weeks/", f"/weeks/{WEEK.name}/"):
            await run.fetches.timed(browser.connection, path, run.fetches.pages)
            await asyncio.sleep(1 / READERS_PER_SECOND)


async def watch(served: ServedClass, run: Run) -> None:
    """Look at the memory of the server and all that it has started; what processes share counts once."""
    assert served.process is not None
    server = psutil.Process(served.process.pid)
    while True:
        run.memory = max(run.memory, await asyncio.to_thread(memory, server))
        await asyncio.sleep(LOOK_SECONDS)


def memory(process: psutil.Process) -> float:
    """Return megabytes."""
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            total += one.memory_full_info().pss / 1e6
    return total


async def graded(served: ServedClass) -> None:
    """Wait until everybody has a score."""
    end = time.monotonic() + PATIENCE_SECONDS
    while len(served.scores()) < len(served.names) and time.monotonic() < end:  # noqa: ASYNC110 - files
        await asyncio.sleep(0.5)


def report(served: ServedClass, run: Run, pages: int) -> int:
    """Print the figures, the most important ones last; return the exit status."""
    received = {name: served.repository(name) / "classroom-received" for name in served.names}
    accepted = [received[name].stat().st_mtime - told.began for name, told in run.pushes.items() if told.status == 0]
    right = sum(served.scores().get(name, ("", None))[1] == POINTS[served.is_right(name)] for name in served.names)
    fetches, whole, students = run.fetches, sorted(run.fetches.pages), len(served.names)
    both = sorted([*fetches.parts, *whole])
    own = resource.getrusage(resource.RUSAGE_SELF)
    for told in run.pushes.values():
        if told.status:
            print(f"- a push was rejected: {told.text[-300:]}")
    for wrong in sorted(set(fetches.wrong))[:10]:
        print(f"- {fetches.wrong.count(wrong)} times {wrong}")
    print(f"{fetches.events} events, {len(fetches.parts)} parts and {len(whole)} whole pages fetched")
    print(f"whole pages: p50 {at(whole, 0.5)}, p95 {at(whole, 0.95)}, slowest {at(whole, 1)}")
    print(f"the browsers took {own.ru_utime + own.ru_stime:.0f} s of a core; load average {os.getloadavg()[0]:.1f}")
    print(
        f"{len(accepted)} of {students} pushes accepted, slowest {max(accepted, default=0):.1f} s; "
        f"{pages} live pages: p50 {at(both, 0.5)}, p95 {at(both, 0.95)}; "
        f"{right} graded right after {run.graded_after:.0f} s; {run.memory:.0f} MB"
    )
    slow = max(percentile(sorted(fetches.parts), 0.95), percentile(whole, 0.95))  # each kind by itself
    well = len(accepted) == right == students and not fetches.wrong
    return 0 if well and max(accepted) <= MOST_ACCEPTANCE and slow <= MOST_P95 else 1


def percentile(times: list[float], share: float) -> float:
    """Return a percentile of sorted times; 0 if there are none."""
    return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0


def at(times: list[float], share: float) -> str:
    """Return a percentile in milliseconds."""
    return f"{percentile(times, share) * 1000:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
