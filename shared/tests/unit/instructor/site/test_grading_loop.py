"""A worker on another machine: it grades as the server does, and leaves nothing undone."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest
from classroom.core.load import under_load
from classroom.instructor.classrooms.push_server import PushServer
from classroom.instructor.workers import grading_loop
from classroom.instructor.workers.job_queue import JobQueue
from classroom.instructor.workers.worker_rows import TakenJob

WEEK = "week1-tiny"
SOLVED = (Path(__file__).parents[2] / "course/week1-tiny/grading/solution/app/main.py").read_text()
HANGS = "import time\ntime.sleep(3600)\n"
OWN = ("seed", "graded_at", "duration_s")  # of each grading


@pytest.fixture
def worker(workers_address, tmp_path):
    """A function that starts `classroom work`, once a server has said what it grades with."""
    started = []

    def start():
        words = ["work", "--database", workers_address, "--sandbox", "none", "--jobs", "1", "--name", "lab 1"]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen([sys.executable, "-m", "classroom", *words], stdout=pipe, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def server_of(room, queue_address):
    """A function that opens the server of the room, with so many slots of its own, and with a queue for workers."""

    @contextmanager
    def open_server(jobs, *, queue=False):
        with PushServer(room, sandbox="none") as server, ExitStack() as opened:
            server.jobs = jobs
            if queue:
                server.remote = opened.enter_context(closing(JobQueue(queue_address, "none")))
                server.remote.look()
            yield server
            server.remote = None

    return open_server


def serve_until(server, condition):
    """Serve until something is so."""
    end = time.monotonic() + under_load(60)

    def sweep():
        assert time.monotonic() < end
        if condition():
            raise KeyboardInterrupt

    server.inbox.sweep = sweep
    server.serve()


def graded(room, username):
    """What is stored of a student's last push, without what each grading has of its own; None if there is nothing."""
    path = room.score_path(WEEK, username)
    if not path.exists():
        return None
    found = json.loads(path.read_text())
    for task in found["tasks"]:
        for check in task["checks"]:
            check.pop("duration_s")
    return {name: value for name, value in found.items() if name not in OWN}


def test_worker_grades_as_the_server_does(room, pushed, server_of, worker):
    """A push that was passed on has the result and the scorecard that the server's own grading has."""
    commit = pushed("ada", {"app/main.py": SOLVED})
    with server_of(jobs=1) as server:
        server.serve(once=True)
    own = graded(room, "ada")
    room.score_path(WEEK, "ada").unlink()

    with server_of(jobs=0, queue=True) as server:
        worker()
        serve_until(server, lambda: graded(room, "ada"))

    assert graded(room, "ada") == own
    assert (own["score"], own["commit"]) == (100, commit)
    assert "**100 of 100 points**" in room.repository(WEEK, "ada").text("feedback", "SCORECARD.md")


@pytest.mark.long
def test_worker_that_is_ended_gives_its_push_back(room, pushed, server_of, worker):
    """SIGTERM on a worker while it grades loses nothing: the push waits again at once, and nothing is told twice."""
    pushed("ada", {"app/main.py": HANGS})
    told = []
    with server_of(jobs=0, queue=True) as server:
        server.on_change = lambda *key: told.append(key)
        process = worker()
        serve_until(server, lambda: any(job.worker for job in server.remote.passed.values()))
        process.terminate()
        out = process.stdout.read()
        process.wait()
        serve_until(server, lambda: not server.remote.passed)

    assert (process.returncode, out.splitlines()[-1]) == (0, "0 graded")
    assert out.startswith("lab 1 grades up to 1 push at once for the classroom on ")
    assert told == [(WEEK, "ada")]
    assert graded(room, "ada") is None


@pytest.mark.parametrize("has_week", [False, True], ids=["week", "push"])
def test_job_that_cannot_be_begun_leaves_nothing_behind(tmp_path, monkeypatch, has_week):
    """On a full disk, each attempt removes what it has written, and gives the job back."""

    def unpack(_, folder):
        folder.mkdir(parents=True)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(grading_loop, "unpack", unpack)
    source = Mock(take=lambda: TakenJob(7, WEEK, "ada", "0" * 40, "1", 1, b""))
    loop = grading_loop.GradingLoop(source, "none", 1, tmp_path)
    loop.pools = {(WEEK, "1"): Mock()} if has_week else {}
    loop._take()

    assert list(tmp_path.iterdir()) == []
    source.give_back.assert_called_once_with(7)
