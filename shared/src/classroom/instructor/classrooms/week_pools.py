"""The weeks of a classroom that is being served, each with the processes that grade it on this machine."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from classroom.apps.sandbox.limits import descendants, lower_session
from classroom.checks.workers.cores import available_cores
from classroom.checks.workers.pool import Pool
from classroom.core.assignment import Assignment
from classroom.core.git_history import History

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.instructor.classrooms.classroom import Classroom

GIVE_WAY_SECONDS = 0.1  # between two looks at what the workers have started
# A session of this priority weighs a third of a usual one (sched(7)). With the lowest priority, no push would be graded
# while any other program on the machine is busy.
NICE = 5


def slots_for(jobs: int) -> int:
    """Return how many submissions are graded at once: as many as there are cores if `jobs` is 0.

    At least two then: a submission that hangs leaves a slot for the others.
    """
    return jobs or max(2, len(available_cores()))


class WeekPools:
    """The pools of all weeks; each is made when its week is first pushed to.

    Args:
        classroom: the classroom.
        sandbox: the sandbox around each submission.
        jobs: how many submissions are graded at once.
        on_close: called with the name of a week when what was being graded of it must wait again.

    Attributes:
        known: the weeks that were opened, by name.
        editions: the commit of each week's handout.
    """

    def __init__(self, classroom: Classroom, sandbox: str, jobs: int, on_close: Callable[[str], None]) -> None:
        self.classroom, self.sandbox, self.jobs, self.on_close = classroom, sandbox, jobs, on_close
        self.known: dict[str, Assignment] = {}
        self.editions: dict[str, str] = {}
        self.pools: dict[str, Pool] = {}
        self._next_way = 0.0

    def read(self) -> None:
        """Read which weeks were opened."""
        self.known = {assignment.name: assignment for assignment in self.classroom.weeks()}

    def knows(self, week: str) -> bool:
        """Return whether a week was opened, which may have been a moment ago."""
        if week not in self.known:
            self.read()
        return week in self.known

    def folder(self, week: str) -> Path:
        """Return the folder of a week as it is now; if it has been handed out again, its pool is closed."""
        folder = self.classroom.state_dir / "weeks" / week
        history = History.at(folder)
        edition = str(history.head) if history else ""
        if self.editions.get(week) != edition:
            self.close(week)
            self.known[week], self.editions[week] = Assignment.load(folder), edition
        return folder

    def pool(self, week: str, scratch: Path) -> Pool:
        """Return the processes that grade a week, new ones if it has been handed out again.

        Args:
            week: its name.
            scratch: where the pool's temporary files are.
        """
        self.folder(week)
        if week not in self.pools:
            room = scratch / secrets.token_hex(6)
            self.pools[week] = Pool(self.known[week], jobs=self.jobs, hidden=False, sandbox=self.sandbox, room=room)
        return self.pools[week]

    def give_way(self) -> None:
        """Let the site and git go before the workers and all that they have started.

        A new session begins with the usual priority, so this is called again and again.
        """
        if time.monotonic() < self._next_way:
            return
        self._next_way = time.monotonic() + GIVE_WAY_SECONDS
        for slot in [slot for pool in self.pools.values() for slot in pool.slots]:
            for pid in (slot.process.pid, *descendants(slot.process.pid)):
                with suppress(OSError, ValueError):
                    lower_session(pid, NICE)

    def close(self, week: str) -> None:
        """End the processes of a week; the pushes that are being graded wait again."""
        self.on_close(week)
        if pool := self.pools.pop(week, None):
            pool.close()

    def close_all(self) -> None:
        """End all processes."""
        for week in [*self.pools]:
            self.close(week)
