"""Temporary folders are removed at the end, or by the next process if theirs was killed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from classroom.apps.app import App
from classroom.apps.client import Client
from classroom.apps.fork import ForkLauncher
from classroom.core.processes import clean_environment
from classroom.core.scratch import ScratchDir, clear

pytestmark = pytest.mark.skipif(os.name != "posix", reason="on Windows nothing is cleared")
MAKES = (
    "from classroom.core.scratch import ScratchDir\nroom = ScratchDir('app')\nprint(room.path, flush=True)\ninput()\n"
)


@pytest.fixture
def top(tmp_path, monkeypatch):
    """An unused folder for temporary files, with a path too long for sockets."""
    folder = tmp_path / ("t" * 90)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    clear.cache_clear()
    yield folder
    clear.cache_clear()


@pytest.fixture
def maker(top):
    """Start another process that has made a folder and waits."""
    environment = clean_environment() | {"TMPDIR": str(top)}
    with subprocess.Popen(
        [sys.executable, "-P", "-c", MAKES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        process.stdout.readline()
        yield process
        process.kill()


def test_what_was_made_is_gone_in_the_end(top):
    """A folder is removed with its content."""
    with ScratchDir("walk") as room:
        (room / "a").mkdir()
        (room / "a/file").touch()

        assert room.parent == top

    assert list(top.iterdir()) == []


def test_what_a_killed_process_has_left_is_cleared_by_the_next(top, maker):
    """The folder of a process killed by SIGKILL is removed by the next process that makes one."""
    maker.kill()
    maker.wait()
    left = list(top.iterdir())

    with ScratchDir("walk") as room:
        assert list(top.iterdir()) == [room]

    assert len(left) == 1


DIES = """
import os, sys, tempfile
from pathlib import Path
from classroom.core.scratch import ScratchDir, clear

top = Path(tempfile.gettempdir())
steps = 0

def die_before(last):
    def step(event, words):
        global steps
        if event in ("os.mkdir", "os.remove", "os.rmdir") or event == "open" and str(words[0]).endswith(".held"):
            steps += 1
            if steps == last:
                os._exit(9)
    sys.addaudithook(step)
    with ScratchDir("app") as room:
        for name in ("a", "z"):
            (room / name).mkdir()
            (room / name / "file").touch()
            (room / f"{name}.txt").touch()
    os._exit(0)

last, status = 0, 9
while status == 9:
    last += 1
    child = os.fork()
    if not child:
        die_before(last)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    clear.cache_clear()
    with ScratchDir("walk") as room:
        left = [one.name for one in top.iterdir() if one != room]
    if left:
        sys.exit(f"killed before step {last}: {left}")
print(last)
"""


def test_folder_of_a_process_killed_at_any_step_is_cleared_by_the_next(top):
    """At whatever step of making or removing its folder a process is killed, the next one removes the folder."""
    environment = clean_environment() | {"TMPDIR": str(top)}

    done = subprocess.run(
        [sys.executable, "-P", "-c", DIES], env=environment, check=False, capture_output=True, text=True
    )

    assert done.stderr == ""
    assert int(done.stdout) > 10


def test_folder_that_is_cleared_before_it_is_held_is_made_again(top, monkeypatch):
    """If a new folder is removed before it is locked, another one is made."""
    makes = tempfile.mkdtemp
    made = []

    def slowly(**words):
        made.append(makes(**words))
        if len(made) == 1:
            Path(made[0]).rmdir()
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", slowly)

    with ScratchDir("walk") as room:
        assert [str(room)] == made[1:]


def test_hidden_folder_is_cleared_like_any_other(top, maker):
    """A hidden folder of a killed process is removed as well."""
    maker.kill()
    maker.wait()
    (left,) = top.iterdir()
    left.rename(top / f".{left.name}")

    with ScratchDir("new", hidden=True) as room:
        assert list(top.iterdir()) == [room]
        assert room.name.startswith(".")


def test_what_somebody_still_needs_is_left_alone(top, maker):
    """The folder of a running process stays, and so does any other folder."""
    (top / "classroom-of-mine").mkdir()
    (top / "classroom-mine-20261128").mkdir()
    (top / "classroom-mine-20261128/work.txt").touch()
    before = set(top.iterdir())

    ScratchDir("walk").close()

    assert maker.poll() is None
    assert set(top.iterdir()) == before
    assert len(before) == 3


def test_app_leaves_nothing_anywhere_however_long_the_name_of_its_folder_is(top, tmp_path):
    """With a TMPDIR too long for sockets all files of an app are in it, and none in /tmp."""
    (tmp_path / "week/app").mkdir(parents=True)
    (tmp_path / "week/app/main.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")
    launcher = ForkLauncher(["fastapi"])
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
