"""Workers are bound to cores of their own."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from classroom.checks.workers import cores
from classroom.checks.workers.cores import give_back, take_cores

NOBODY = 2**31 - 1  # no process has this ID


@pytest.fixture
def machine(monkeypatch):
    """A function that gives the machine so many cores, of which no worker has one yet."""

    def own(count):
        monkeypatch.setattr(cores, "_workers", Counter())
        monkeypatch.setattr(cores, "available_cores", lambda: list(range(count)))

    return own


@pytest.mark.parametrize(
    ("count", "jobs", "shares"),
    [
        (2, 2, [{0}, {1}]),
        (8, 3, [{0, 1}, {2, 3}, {4, 5}]),
        (2, 4, [{0}, {1}, {0}, {1}]),
        (4, 1, [set()]),
        (1, 2, [set(), set()]),
    ],
)
def test_workers_share_the_cores_evenly(machine, count, jobs, shares):
    """No two workers share a core as long as there are enough; a worker that would get all of them is not bound."""
    machine(count)

    assert [take_cores(NOBODY, jobs) for _ in range(jobs)] == shares


def test_cores_of_a_worker_that_has_exited_are_the_next_one_s(machine):
    """A worker that replaces another gets that one's cores, and shares none with those that are still running."""
    machine(3)
    first, second, third = (take_cores(NOBODY, 3) for _ in range(3))

    give_back(second)

    assert (take_cores(NOBODY, 3), {*first, *third}) == (second, {0, 2})


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux binds processes to cores")
def test_what_a_worker_starts_has_its_cores(machine, monkeypatch):
    """A process that was bound passes its cores on to its children."""
    core = max(os.sched_getaffinity(0))
    machine(2)
    monkeypatch.setattr(cores, "available_cores", lambda: [core, core + 1])
    program = "import os, subprocess, sys; input(); subprocess.run([sys.executable, '-c', sys.argv[1]])"
    show = "import os; print(*os.sched_getaffinity(0))"
    with subprocess.Popen(
        [sys.executable, "-c", program, show], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert take_cores(worker.pid, 2) == {core}
        shown, _ = worker.communicate("\n")

    assert shown.split() == [str(core)]
