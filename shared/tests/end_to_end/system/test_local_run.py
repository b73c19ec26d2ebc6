"""`classroom run` of a week with one app: what it starts ends with it."""

import signal
import sys

import psutil
import pytest

ABOUT = 'title = "A small app"\nminutes = 1\n[[tasks]]\nnumber = 1\ntitle = "It is up"\npoints = 5\n'
APP = """\
import os
from fastapi import FastAPI

app = FastAPI()
print("loaded", flush=True)

@app.get("/")
def root():
    return {"pid": os.getpid()}
"""


@pytest.fixture
def week(tmp_path):
    """A week without services."""
    folder = tmp_path / "week1-small"
    (folder / "app").mkdir(parents=True)
    (folder / "assignment.toml").write_text(ABOUT, encoding="utf-8")
    (folder / "app/main.py").write_text(APP, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "how", [signal.SIGINT, *(pytest.param(each, marks=pytest.mark.long) for each in (signal.SIGTERM, signal.SIGKILL))]
)
def test_server_and_what_reloads_it_end_with_the_command(run, week, gone, how):
    """Ctrl-C and, on Linux, a killed command also end the server and the process that restarts it after a save."""
    if how != signal.SIGINT and sys.platform != "linux":
        pytest.skip("only Linux ends a process with the one that started it")
    command = run(week, ready=False)
    command.wait_for("Application startup complete")
    server = command.get()["pid"]
    started = [one.pid for one in psutil.Process(command.process.pid).children(recursive=True)]

    command.end(how)

    assert server in started
    assert len(started) >= 2
    for pid in started:
        gone(pid)


def test_saved_change_is_served_by_another_server_that_ends_as_well(run, week, gone):
    """After a save the new server responds, and ends with the command like the first."""
    if sys.platform != "linux":
        pytest.skip("only Linux ends a process with the one that started it")
    command = run(week, ready=False)
    command.wait_for("Application startup complete")
    first = command.get()["pid"]

    (week / "app/main.py").write_text(APP.replace("loaded", "loaded anew"), encoding="utf-8")
    command.wait_for("loaded anew")
    gone(first)
    second = command.get()["pid"]
    command.end(signal.SIGKILL)

    assert first != second
    gone(second)
