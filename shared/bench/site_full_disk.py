"""A class on the web whose disk is full: what was accepted before and in the meantime is there once there is space again.

python shared/bench/site_full_disk.py [--sandbox bubblewrap|none]

The classroom is on a small disk in memory, which only root can make; for others it is skipped.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from served_class import WEEK, ServedClass, git
from site_kills import TROUBLES, Promised, comment, missing
from web_client import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTES = 200
NAMES = ["student001", "student002", "student003"]
FULL_SECONDS = 10


def main() -> int:
    """Print what was lost; the exit status is 0 if that is nothing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), default="bubblewrap")
    arguments = parser.parse_args()
    if sys.platform != "linux" or os.geteuid() != 0:
        print("skipped: a small disk can be made on Linux and by root alone")
        return 0
    with tempfile.TemporaryDirectory(prefix="classroom-full-") as folder:
        Path(folder).chmod(0o755)
        served = ServedClass(Path(folder), NAMES, arguments.sandbox)
        with small_disk(served.folder):
            served.open()
            (served.folder / ".classroom" / "patience").write_text("2\n")
            served.start()
            try:
                promised, troubles = asyncio.run(fill(served))
            finally:
                served.stop()
    for trouble in troubles:
        print(f"- {trouble}")
    print(f"a full disk, {promised}: {len(troubles) or 'no'} problems")
    return 1 if troubles else 0


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a disk in memory."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


async def fill(served: ServedClass) -> tuple[Promised, list[str]]:
    """Fill the disk while people work, free it, and let them work again; return what was promised and is missing."""
    promised, filler = Promised(), served.folder / "filler"
    code = (await (await served.sign_in()).look("/class/")).text.partition("/join/")[2][:8]
    await served.join_all(code)
    await work(served, promised, code, 0)
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 12))
    said = await work(served, promised, code, 1)
    await asyncio.sleep(FULL_SECONDS)  # the server itself goes on writing in the meantime
    said += await work(served, promised, code, 2)
    for line in sorted(set(said)):
        print(f"while the disk is full: {line}", flush=True)
    assert served.process is not None
    troubles = ["the server has ended"] if served.process.poll() is not None else []
    filler.unlink()
    await asyncio.sleep(FULL_SECONDS)
    before = len(promised.joins), sum(map(len, promised.pushes.values()))
    await work(served, promised, code, 3)
    if (len(promised.joins), sum(map(len, promised.pushes.values()))) != (before[0] + 1, before[1] + len(NAMES)):
        troubles.append("not everybody can work again once there is space")
    return promised, troubles + await missing(served, promised)


async def work(served: ServedClass, promised: Promised, code: str, number: int) -> list[str]:
    """Let each student push, and somebody join and accept; return what those were told who could not."""
    said = []
    for name in served.names:
        served.work(name, str(number))
        await git(served.room / name, "commit", "--quiet", "--all", "--message", f"Work {number}")
        commit = (await git(served.room / name, "rev-parse", "HEAD")).text.strip()
        told = await git(served.room / name, "push", "--quiet", check=False)
        if told.status == 0:
            promised.pushes[name].append(commit)
        else:
            said.append(f"git says {told.text.strip().splitlines()[0]}")
    said += [] if await comment(served, promised, number) else ["an adjustment is refused"]
    browser, guest = Browser(served.url), f"Guest Number{'ABCD'[number]}"
    try:
        await browser.look(f"/join/{code}")
        page = await browser.submit(f"/join/{code}", name=guest)
        if "Get your repository" in page.text:
            promised.joins[guest] = browser
            page = await browser.submit(f"/weeks/{WEEK.name}/accept")
            if found := re.search(r"git clone (\S+?)</code>", page.text):
                promised.repositories[guest] = found[1]
        said += [f"a page says {page.status}"] if page.status != 200 else []  # noqa: PLR2004
    except TROUBLES as error:
        said.append(f"a browser sees {type(error).__name__}")
    return said


if __name__ == "__main__":
    sys.exit(main())
