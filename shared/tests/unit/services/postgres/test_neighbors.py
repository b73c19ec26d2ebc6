"""Submissions that share a database server do not affect each other."""

import contextlib
import os
import shutil
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from classroom.checks.workers.pool import Pool
from classroom.core.assignment import Assignment
from classroom.core.result import GRADED
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.services.postgres.open import open_postgres

TOP = Path(__file__).resolve().parents[5]
SESSIONS = (
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND right(usename, 4) = '_app' LIMIT 1"
)


@pytest.fixture
def hand_in(tmp_path):
    """A function that makes a submission of a week's starter, or of its solution."""

    def make(number, name, *, solved=True):
        (week,) = TOP.glob(f"week{number}-*")
        folder = tmp_path / f"week{number}" / name
        shutil.copytree(week, folder, ignore=shutil.ignore_patterns("grading", "__pycache__", ".classroom"))
        if solved:
            shutil.copytree(week / "grading/solution", folder, dirs_exist_ok=True)
        return Submission(name, folder)

    return make


@pytest.fixture
def graded(tmp_path):
    """A function that grades submissions of a week, and returns the results by name."""

    def grade(number, submissions, jobs=1):
        (week,) = TOP.glob(f"week{number}-*")
        with ScratchDir("test") as room, Pool(Assignment.load(week), jobs=jobs, room=room / "pool") as pool:
            orders = [pool.job(one, seed=1, out=tmp_path / f"{number}-{one.name}.json") for one in submissions]
            return {order.name: result for order, result in pool.grade(orders)}

    return grade


def killed(sessions):
    """Kill the first of these sessions; return whether there was one: it may have ended since it was listed."""
    with contextlib.suppress(IndexError, ProcessLookupError):
        os.kill(sessions[0]["pid"], signal.SIGKILL)
        return True
    return False


@pytest.fixture
def felled(fresh_cache):
    """An event that is set when one session of a submission was killed, which takes the server down for a moment."""
    done, over = threading.Event(), threading.Event()

    def fell():
        with open_postgres() as provisioner:
            while not killed(provisioner.admin.ask(SESSIONS)):
                if over.wait(0.01):
                    return
            done.set()

    thread = threading.Thread(target=fell, daemon=True)
    thread.start()
    yield done
    over.set()
    thread.join()


def test_server_that_falls_over_costs_nobody_a_point(hand_in, graded, felled):
    """A submission is graded again if the database server was restarted while its checks ran."""
    result = graded(3, [hand_in(3, "ada")])["ada"]

    assert felled.is_set()
    assert (result.status, result.score) == (GRADED, 100)


@pytest.mark.long
def test_weeks_graded_at_the_same_time_do_not_disturb_each_other(session_cache, hand_in, graded):
    """Two weeks with a database, graded at once with several submissions each, score what they score alone."""
    people = [hand_in(number, name, solved=name != "eve") for number in (3, 4) for name in ("ada", "eve")]

    with ThreadPoolExecutor() as pool:
        third, fourth = pool.map(graded, (3, 4), (people[:2], people[2:]), (2, 2))

    assert (third["ada"].score, third["eve"].score) == (100, 5)
    assert (fourth["ada"].score, fourth["eve"].score) == (100, 5)
