"""What the control room costs while the solution's site has 200 requests a second.

python shared/bench/control_room.py [--rate 200] [--seconds 20]

Its own cost is the processor time of the threads that measure and serve, in percent of a core; the load's thread is not in
it, nor what the database needs to say how many statements it has run. The page's is that of the browser, which draws
without a graphics card here. Both are processor time, so other programs on the machine do not change them much.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from classroom.core.assignment import Assignment
from classroom.student.control_room.command import control_room
from classroom.student.load.own_system import own_system
from usual import solved

if TYPE_CHECKING:
    from classroom.student.control_room.site import Room

NUMBER = 5
OWN = ("recorder", "control room", "AnyIO worker thread")
MOST_COST, MOST_DRAWING = 10.0, 15.0  # percent of a core
WARM_UP = 5
FRAMES = """seconds => new Promise(done => {
  let frames = 0;
  const end = performance.now() + seconds * 1000;
  const next = now => { frames += 1; now < end ? requestAnimationFrame(next) : done(frames); };
  requestAnimationFrame(next);
})"""


def main() -> int:
    """Measure; the exit status is 0 if the cost and the page are within their limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=200, help="requests a second")
    parser.add_argument("--seconds", type=int, default=20, help="how long to measure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = solved(NUMBER, Path(scratch) / "week5-solved")
        said: list[str] = []
        with (
            own_system(Assignment.load(folder)) as system,
            control_room(system, "week5", said.append, browser=False) as room,
        ):
            return measure(room, said[0].partition(": ")[2], options.rate, options.seconds)


def measure(room: Room, address: str, rate: int, seconds: int) -> int:
    """Send load with the page open, print what was measured, and return the exit status."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        room.controls.send_load(rate, 10)
        time.sleep(WARM_UP)
        before, drawn, began = spent(), drawing(), time.monotonic()
        time.sleep(seconds)
        length = time.monotonic() - began
        cost, shown = (100 * seconds / length for seconds in (spent() - before, drawing() - drawn))
        frames = page.evaluate(FRAMES, seconds) / seconds
        browser.close()
    sent = sum(sample.requests for sample in room.recorder.samples[-seconds:]) / seconds
    print(
        f"at {sent:.0f} requests a second the control room costs {cost:.1f} % of a core, "
        f"and the browser that shows it {shown:.1f} %, at {frames:.0f} frames a second"
    )
    return 0 if cost < MOST_COST and shown < MOST_DRAWING else 1


def spent() -> float:
    """Return the processor time that the threads of the control room have used."""
    ours = {thread.native_id for thread in threading.enumerate() if thread.name.startswith(OWN)}
    return sum(each.user_time + each.system_time for each in psutil.Process().threads() if each.id in ours)


def drawing() -> float:
    """Return the processor time that the browser's processes have used."""
    browser = [each for each in psutil.Process().children(recursive=True) if "chrom" in each.name()]
    return sum(each.cpu_times().user + each.cpu_times().system for each in browser)


if __name__ == "__main__":
    sys.exit(main())
