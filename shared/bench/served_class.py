"""A class on the web for measurements: a real `classroom serve`, students who have joined, and their clones."""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from web_client import Browser

TOP = Path(__file__).resolve().parents[2]
WEEK = TOP / "week1-hello-api"
WHO = ("-c", "user.name=Student", "-c", "user.email=student@example.org")
START_SECONDS = 120
AT_ONCE = 8  # clones and joins
POINTS = {True: 100, False: 5}  # of the solution, and of the starter


@dataclass
class Told:
    """What git was told."""

    status: int
    text: str
    began: float
    seconds: float


class ServedClass:
    """A classroom in a room, its server, and its students' browsers and clones.

    Args:
        room: an empty folder that other accounts may enter.
        names: the usernames of the students.
        sandbox: of the server.
    """

    def __init__(self, room: Path, names: list[str], sandbox: str) -> None:
        self.room, self.names, self.sandbox = room, names, sandbox
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.listen = f"127.0.0.1:{free.getsockname()[1]}"
        self.url = f"http://{self.listen}"
        self.folder, self.log = room / "class", room / "log"
        self.browsers: dict[str, Browser] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Open the classroom."""
        roster = self.room / "roster.csv"
        roster.write_text("github_username\n" + "\n".join(self.names) + "\n", encoding="utf-8")
        words = ["open", str(self.folder), "--roster", str(roster), "--weeks", "1"]
        subprocess.run([sys.executable, "-m", "classroom", *words], cwd=TOP, check=True, stdout=subprocess.DEVNULL)

    def start(self, *more: str) -> None:
        """Start the server, and wait until it says where it is."""
        words = ["serve", str(self.folder), "--sandbox", self.sandbox, "--listen", self.listen, *more]
        with self.log.open("ab") as log:
            seen = self.log.stat().st_size
            command = [sys.executable, "-m", "classroom", *words]
            self.process = subprocess.Popen(command, cwd=TOP, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while b"Serving " not in self.log.read_bytes()[seen:]:
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"The server did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait()

    def troubles(self) -> list[str]:
        """Return the last lines of the log that are not about a push that was graded."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if "/100" not in line][-40:]

    async def sign_in(self) -> Browser:
        """Return the instructor's browser."""
        found = re.search(rf"{self.url}(/sign-in/\S+)", self.log.read_text())
        assert found is not None
        browser = Browser(self.url)
        await browser.look(found[1])
        await browser.submit(found[1])
        return browser

    async def join_all(self, code: str) -> None:
        """Let every student join, accept the week, clone over http, and commit the solution or a remark."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def join(name: str) -> None:
            async with gate:
                address = await self.join(code, name)
                await git(self.room, "clone", "--quiet", address, name)
                self.work(name)
                await git(self.room / name, "commit", "--quiet", "--all", "--message", "Work")

        await asyncio.gather(*map(join, self.names))

    async def join(self, code: str, name: str) -> str:
        """Let a student join and accept the week; return the address to clone."""
        browser = self.browsers[name] = Browser(self.url)
        await browser.look(f"/join/{code}")
        await browser.submit(f"/join/{code}", username=name)
        page = await browser.submit(f"/weeks/{WEEK.name}/accept")
        found = re.search(r"git clone (\S+?)</code>", page.text)
        assert found is not None, page.text[-500:]
        return html.unescape(found[1])

    def work(self, name: str, remark: str = "") -> None:
        """Write the solution, for three students of four, and a remark that makes the commit this student's own."""
        if self.is_right(name):
            shutil.copytree(WEEK / "grading" / "solution", self.room / name, dirs_exist_ok=True)
        with (self.room / name / "app" / "main.py").open("a", encoding="utf-8") as file:
            file.write(f"\n# {name} {remark}\n")

    def is_right(self, name: str) -> bool:
        """Return whether a student pushes the solution."""
        return bool(self.names.index(name) % 4)

    def repository(self, name: str) -> Path:
        """Return a student's bare repository."""
        return self.folder / WEEK.name / f"{WEEK.name}-{name}.git"

    def scores(self) -> dict[str, tuple[str, int | None]]:
        """Return commit and score of what was graded last of each student."""
        paths = (self.folder / ".classroom" / "scores" / WEEK.name).glob("[!.]*.json")
        found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}
        return {name: (result["commit"], result["score"]) for name, result in found.items()}


async def git(folder: Path, *words: str, check: bool = True) -> Told:
    """Run a git command of a student's, at a lower priority: it would run on the student's own machine."""
    around = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    pipe = asyncio.subprocess.PIPE
    began, clock = time.time(), time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *("nice", "-n", "10", "git", *WHO, *words), cwd=folder, env=around | {"GIT_TERMINAL_PROMPT": "0"},
        stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        out, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    told = Told(process.returncode or 0, out.decode(errors="replace"), began, time.monotonic() - clock)
    if check and told.status:
        raise SystemExit(f"git {' '.join(words)}: {told.text}")
    return told
