"""The processes that grade pushes, next to the site and git on the same machine."""

import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from classroom.core.load import under_load
from classroom.instructor.classrooms.week_pools import NICE, WeekPools

# Starts a process in a session of its own, as a worker starts an app, and prints its number.
WORKER = (
    "import subprocess, sys\n"
    "app = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE, start_new_session=True)\n"
    "print(app.pid, flush=True)\n"
    "input()\n"
)


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="This kernel does not group by session.")
def test_workers_and_their_apps_give_way():
    """The sessions of a worker and of what it has started have a lower priority, so that the site stays quick."""
    pools = WeekPools(None, "none", 1, lambda week: None)
    end = time.monotonic() + under_load(30)

    with subprocess.Popen(
        [sys.executable, "-c", WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as worker:
        sessions = [Path(f"/proc/{pid}/autogroup") for pid in (worker.pid, int(worker.stdout.readline()))]
        pools.pools["week1"] = SimpleNamespace(slots=[SimpleNamespace(process=worker)])
        # Only root may lower more than one session in a tenth of a second.
        while not all(session.read_text().endswith(f" nice {NICE}\n") for session in sessions):
            assert time.monotonic() < end, [session.read_text() for session in sessions]
            pools.give_way()
        worker.communicate("\n")
