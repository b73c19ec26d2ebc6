"""A git process next to an event loop."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import Future

import pytest
from classroom.core.load import under_load
from classroom.instructor.classrooms import git_process
from classroom.instructor.classrooms.git_process import GitProcess

pytestmark = pytest.mark.usefixtures("starts_processes")


@pytest.fixture
def slow_start(monkeypatch):
    """An event that has to be set before a process starts, one that tells that it is about to, and the process."""
    may_start, is_starting, started, start = threading.Event(), threading.Event(), Future(), git_process._started

    def wait_and_start(*arguments):
        is_starting.set()
        assert may_start.wait(under_load(30))
        started.set_result(start(*arguments))
        return started.result()

    monkeypatch.setattr(git_process, "_started", wait_and_start)
    return may_start, is_starting, started


def test_loop_goes_on_while_a_process_starts(slow_start):
    """Pages are sent while git is being started: here the loop itself has to let it start."""
    may_start, *_ = slow_start

    async def run():
        starting = asyncio.create_task(GitProcess.start(["git", "version"], os.environ))
        await asyncio.sleep(0)
        may_start.set()
        process = await starting
        text = await process.stdout.read()
        await process.end()
        return text

    assert asyncio.run(run()).startswith(b"git version")


def test_process_whose_client_leaves_while_it_starts_ends(slow_start):
    """A start that is cancelled leaves no process behind: it has nothing to read, and ends."""
    may_start, is_starting, started = slow_start

    async def run():
        starting = asyncio.create_task(GitProcess.start(["cat"], os.environ))
        assert await asyncio.to_thread(is_starting.wait, under_load(30))
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        may_start.set()

    asyncio.run(run())
    assert started.result(under_load(30)).wait(under_load(30)) == 0


def test_process_gives_way_to_the_pages():
    """Git runs in the server's session, in a group of its own, with a lower priority."""

    async def run():
        process = await GitProcess.start(["sleep", "60"], os.environ)
        pid = process._process.pid
        found = os.getsid(pid), os.getpgid(pid), os.getpriority(os.PRIO_PROCESS, pid)
        await process.end()
        return pid, found

    pid, (session, group, nice) = asyncio.run(run())
    assert (session, group) == (os.getsid(0), pid)
    assert nice == min(os.getpriority(os.PRIO_PROCESS, 0) + git_process.NICE, git_process.LOWEST)
