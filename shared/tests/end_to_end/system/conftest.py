"""A small week with a whole system in it, and `classroom run` on it as a process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from classroom.instructor.proof.readme_shell import free_ports
from classroom.services.manager import Services

if TYPE_CHECKING:
    from classroom.core.ports import Ports

WEEK5 = Path(__file__).resolve().parents[4] / "week5-system-design"
ASSIGNMENT = """\
title = "A small system"
minutes = 1
services = ["postgres", "cache", "storage"]
[[tasks]]
number = 1
title = "It is up"
points = 5
"""
APP = """\
import os
import psycopg
from fastapi import FastAPI

app = FastAPI()
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
    connection.execute("INSERT INTO starts DEFAULT VALUES")

@app.get("/")
def root():
    print("somebody asked", flush=True)
    with psycopg.connect(os.environ["DATABASE_REPLICA_URL"]) as connection:
        starts = connection.execute("SELECT count(*) FROM starts").fetchone()[0]
    return {"pid": os.getpid(), "starts": starts, "environment": sorted(os.environ)}
"""
STORAGE = """\
import os
from pathlib import Path
from fastapi import FastAPI

Path(os.environ["STORAGE_FOLDER"]).mkdir(exist_ok=True)
app = FastAPI()
"""
WORKER = "import time\nprint('at work', flush=True)\ntime.sleep(60)\n"
TEXTS = {"assignment.toml": ASSIGNMENT, "app/main.py": APP, "app/worker.py": WORKER, "storage/main.py": STORAGE}
SECONDS = 240


class RunningCommand:
    """`classroom run`, with its output in a file, and a way to send it requests."""

    def __init__(self, week: Path, output: Path, ports: Ports, *more: str) -> None:
        self.ports, self.output = ports, output
        words = ["run", str(week), "--port", str(ports.site), "--storage-port", str(ports.storage), *more]
        with output.open("wb") as there:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "classroom", *words],
                stdout=there,
                stderr=subprocess.STDOUT,
                env=os.environ | {"NO_COLOR": "1"},
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """Return everything that was printed so far."""
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, text: str) -> None:
        """Wait until this has been printed."""
        late = time.monotonic() + SECONDS
        while text not in self.said:
            assert time.monotonic() < late, f"{text!r} was not printed, only:\n{self.said}"
            assert self.process.poll() is None or text in self.said, self.said
            time.sleep(0.02)

    def parts(self) -> dict[str, int]:
        """The process of each part, by its name."""
        return {
            name: int(pid)
            for name, pid in re.findall(r"^  (\w+) +(?:127\S+|no port) +process (\d+)$", self.said, re.MULTILINE)
        }

    def get(self, path: str = "/") -> dict:
        """Return the site's response; uvicorn says that the app has started before it listens."""
        late = time.monotonic() + SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.ports.site}{path}", timeout=SECONDS) as answer:
                    return json.load(answer)
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > late:
                    raise
                time.sleep(0.02)

    def end(self, how: int = signal.SIGINT) -> int:
        """Send a signal, and wait for the end."""
        self.process.send_signal(how)
        return self.process.wait(SECONDS)


def wait_until_gone(pid: int) -> None:
    """Wait until a process has ended."""
    late = time.monotonic() + SECONDS
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < late, f"process {pid} is still there: {psutil.Process(pid).cmdline()}"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def gone():
    """Waits until a process has ended."""
    return wait_until_gone


@pytest.fixture(scope="module")
def make_week(tmp_path_factory):
    """Makes weeks with a system, each with a database of its own, which is removed at the end."""
    made = []

    def make(app=APP):
        week = tmp_path_factory.mktemp("week") / f"week5-small-{os.getpid()}-{len(made)}"
        for name, text in (TEXTS | {"app/main.py": app}).items():
            (week / name).parent.mkdir(parents=True, exist_ok=True)
            (week / name).write_text(text, encoding="utf-8")
        made.append(week)
        return week

    yield make
    services = Services(["postgres"])
    for week in made:
        services.provisioner.remove(services.provisioner.names.kept(week.name))
    services.close()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a week's system, on ports of its own unless some are given; stops it by the end of the module."""
    commands = []

    def start(week, *more, ready=True, ports=None):
        command = RunningCommand(week, tmp_path_factory.mktemp("out") / "output", ports or free_ports(), *more)
        commands.append(command)
        if ready:
            command.wait_for("Press Ctrl-C to stop")
            command.wait_for("  balancer")
        return command

    yield start
    for command in commands:
        if command.process.poll() is None:
            command.end()


@pytest.fixture(scope="module")
def site(run, make_week):
    """A running system."""
    return run(make_week())


@pytest.fixture(scope="session")
def week5():
    """The folder of the week that has a system."""
    return WEEK5
