"""Limits on what the processes of a submission use together."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from classroom.apps.sandbox import limits
from classroom.apps.sandbox.limits import MEMORY
from classroom.core.load import under_load


def test_cpu_of_what_has_ended_is_not_forgotten():
    """An exited process still counts, and one that came and went is counted with the parent that reaped it."""
    burn = "import time\nuntil = time.process_time() + 0.3\nwhile time.process_time() < until: pass\n"
    spent = limits.CpuTime()
    family = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', sys.argv[1]])\nprint(flush=True)\ninput()\n"
    argv = [sys.executable, "-c", family, burn]

    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        parent.stdout.readline()
        seen = spent.look([parent.pid])
        parent.communicate("\n")

    assert seen >= 0.3
    with subprocess.Popen(
        [sys.executable, "-c", burn + "print(flush=True)\ninput()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        child.stdout.readline()
        first = spent.look([child.pid])
        child.communicate("\n")
    assert first >= 0.3
    assert spent.look([]) >= first


def test_reason_of_the_end_is_printed_once(monkeypatch):
    """The app's output says once that a limit was exceeded, no matter how often it is measured."""
    monkeypatch.setattr(limits, "APPS", limits.Limits(cpu=-1))
    looks, (output, app_output) = threading.Semaphore(0), os.pipe()
    watch = limits.Watch(lambda: looks.release() or [], limits.CpuTime())
    app = watch.add(app_output)
    for _ in range(6):
        assert looks.acquire(timeout=120)
    watch.drop(app)
    os.close(app_output)

    with os.fdopen(output) as printed:
        assert printed.read() == "\nThe app was stopped: it used more than -1 s of CPU time in total.\n"


def test_every_app_of_a_submission_prints_the_reason(monkeypatch):
    """The use of all its apps is added up, and each of them says why it was ended."""
    monkeypatch.setattr(limits, "APPS", limits.Limits(cpu=-1))
    looks, pipes = threading.Semaphore(0), [os.pipe() for _ in range(2)]
    watch = limits.Watch(lambda: looks.release() or [], limits.CpuTime())
    apps = [watch.add(app_output) for _, app_output in pipes]
    for _ in range(6):
        assert looks.acquire(timeout=120)
    for app, (output, app_output) in zip(apps, pipes, strict=True):
        watch.drop(app)
        os.close(app_output)
        with os.fdopen(output) as printed:
            assert printed.read() == "\nThe app was stopped: it used more than -1 s of CPU time in total.\n"


def test_shared_memory_is_measured_once_a_second(monkeypatch):
    """Forks that share much are measured page by page once a second, and earlier only when they hold more."""
    now, held, looked = [100.0], [MEMORY], []
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(limits, "_resident", lambda pid: held[0])
    monkeypatch.setattr(limits, "_share", lambda pid: looked.append(pid) or MEMORY // 4)
    memory = limits.Memory()

    assert [memory.look([1, 2]) for _ in range(5)] == [MEMORY // 2] * 5
    assert looked == [1, 2]
    held[0] += 1000
    assert memory.look([1, 2]) == MEMORY // 2 + 2000
    assert looked == [1, 2]
    held[0] += MEMORY // 2
    assert memory.look([1, 2]) == MEMORY // 2
    assert looked == [1, 2] * 2
    now[0] += 1
    assert memory.look([1, 2]) == MEMORY // 2
    assert looked == [1, 2] * 3


def test_greedy_submission_gives_way_with_each_of_its_sessions():
    """What has used much CPU time has the lowest priority, in its session and as a session among others."""
    greedy = limits.Limits(greedy=-1)
    usage = limits.Usage(limits.CpuTime())
    end = time.monotonic() + under_load(30)

    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as child:
        for _ in range(2):  # the first also counts sockets, which here are those of the whole machine
            usage.excess([child.pid], greedy)
        own = os.getpriority(os.PRIO_PROCESS, child.pid)
        session = Path(f"/proc/{child.pid}/autogroup")
        # Only root may lower more than one session in a tenth of a second.
        while session.exists() and not session.read_text().endswith(f" nice {limits.NICE}\n"):
            assert time.monotonic() < end, "the session was not lowered"
            usage.excess([child.pid], greedy)
        child.communicate(b"\n")

    assert own == limits.NICE


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="This kernel does not group by session.")
def test_session_of_the_fork_server_keeps_its_priority():
    """A process that is still in another one's session does not lower that; once its leader is gone, it is lowered."""
    program = "import os, time\nif os.fork():\n    os.read(0, 1)\nelse:\n    print(os.getpid(), flush=True)\n    time.sleep(600)\n"
    end = time.monotonic() + under_load(30)

    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as leader:
        started = int(leader.stdout.readline())
        session = Path(f"/proc/{started}/autogroup")
        try:
            limits.lower_priority([started])
            kept = session.read_text()
            leader.stdin.close()
            leader.wait()
            while not session.read_text().endswith(f" nice {limits.NICE}\n"):
                assert time.monotonic() < end, "the session was not lowered"
                limits.lower_priority([started])
        finally:
            os.kill(started, signal.SIGKILL)

    assert kept.endswith(" nice 0\n")
