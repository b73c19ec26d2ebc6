"""Folders for what is there for a while: gone in the end, and cleared by the next process where one was killed."""

import os
import subprocess
import sys
import tempfile

import pytest
from classroom.app import App
from classroom.client import Client
from classroom.launcher import PlainLauncher, clean_environment
from classroom.temporary import TemporaryRoom, clear

pytestmark = pytest.mark.skipif(os.name != "posix", reason="on Windows nothing is cleared")
MAKES = "from classroom.temporary import TemporaryRoom\nroom = TemporaryRoom('app')\nprint(room.path, flush=True)\ninput()\n"


@pytest.fixture
def top(tmp_path, monkeypatch):
    """A folder for temporary files that nobody else uses, with a name that is too long for sockets."""
    folder = tmp_path / ("t" * 90)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    clear.cache_clear()
    yield folder
    clear.cache_clear()


@pytest.fixture
def maker(top):
    """Another process that has made a folder and waits."""
    environment = clean_environment() | {"TMPDIR": str(top)}
    with subprocess.Popen(
        [sys.executable, "-P", "-c", MAKES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        process.stdout.readline()
        yield process
        process.kill()


def test_what_was_made_is_gone_in_the_end(top):
    """A folder goes with all that is in it."""
    with TemporaryRoom("walk") as room:
        (room / "a").mkdir()
        (room / "a/file").touch()

        assert room.parent == top

    assert list(top.iterdir()) == []


def test_what_a_killed_process_has_left_is_cleared_by_the_next(top, maker):
    """SIGKILL leaves a folder behind; whoever makes one next takes it away."""
    maker.kill()
    maker.wait()
    left = list(top.iterdir())

    with TemporaryRoom("walk") as room:
        assert list(top.iterdir()) == [room]

    assert len(left) == 1


def test_hidden_folder_is_cleared_like_any_other(top, maker):
    """A folder whose name begins with a dot is nobody's either when its process was killed."""
    maker.kill()
    maker.wait()
    (left,) = top.iterdir()
    left.rename(top / f".{left.name}")

    with TemporaryRoom("new", hidden=True) as room:
        assert list(top.iterdir()) == [room]
        assert room.name.startswith(".")


def test_what_somebody_still_needs_is_left_alone(top, maker):
    """The folder of a process that is alive stays, and so does one that is not of this kind."""
    (top / "classroom-of-mine").mkdir()
    before = set(top.iterdir())

    TemporaryRoom("walk").close()

    assert maker.poll() is None
    assert set(top.iterdir()) == before
    assert len(before) == 2


def test_app_leaves_nothing_anywhere_however_long_the_name_of_its_folder_is(top, tmp_path):
    """With a TMPDIR that is too long for sockets all of an app lies in it, and nothing beside it in /tmp."""
    (tmp_path / "week/app").mkdir(parents=True)
    (tmp_path / "week/app/main.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")
    launcher = PlainLauncher(["fastapi"])
    app = App(tmp_path / "week", launcher, start_s=60)
    try:
        app.start()
        status = Client(app).get("/").status
        inside = [path.name for path in top.glob("classroom-app-*/*.sock")]
    finally:
        app.close()
        launcher.close()

    assert (status, inside) == (404, ["1.sock"] if sys.platform == "linux" else [])
    assert list(top.iterdir()) == []
