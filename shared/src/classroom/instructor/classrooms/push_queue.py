"""What students see while a push of theirs waits: how many are ahead, and which task is being checked."""

from __future__ import annotations

import contextlib
import secrets
import time
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from classroom.instructor.classrooms.inbox import PushNotice

    Key = tuple[str, str]  # week and username
    Tell = Callable[[str, str], None]

LOOK_SECONDS = 0.5
FEW = 5  # with fewer pushes ahead, each step is worth telling
MOST_TOLD = 10  # at one look, of those that have moved: those whose place has changed most for how far back they are
PART = 5  # otherwise a fifth of the way: two hundred pages that wait must not be fetched again at each step


@dataclass(frozen=True)
class Place:
    """Where a push is: `ahead` if it waits, `task` while it is being checked; both None if that is not known."""

    ahead: int | None = None
    task: int | None = None


class PushQueue:
    """The places of all pushes, written by the push server and read by the pages, which are in other threads.

    Args:
        arrived: called with week and username for a push that has to wait.
        moved: called when its place has changed.
    """

    def __init__(self, arrived: Tell, moved: Tell) -> None:
        self._arrived, self._moved = arrived, moved
        self._ahead: dict[Key, int] = {}
        self._told: dict[Key, int] = {}
        self._files: dict[Key, Path] = {}
        self._tasks: dict[Key, int] = {}
        self._next_look = 0.0

    def place(self, week: str, username: str) -> Place:
        """Return where the last push of a student is."""
        key = week, username
        task = self._tasks.get(key)
        return Place(None if task else self._ahead.get(key), task)

    def begin(self, key: Key, room: Path) -> str:
        """Return the file to which the checks of a push write the number of the task that they are at, and tell."""
        self._end(key)
        self._ahead.pop(key, None)
        tell = self._moved if key in self._told else self._arrived
        tell(*key)
        self._files[key] = room / f"task-{secrets.token_hex(6)}"
        return str(self._files[key])

    def set_task(self, key: Key, task: int) -> None:
        """Say which task of a push is being checked, on another machine."""
        if self._tasks.get(key) != task:
            self._tasks[key] = task
            self._moved(*key)

    def look(self, waiting: Callable[[], Sequence[PushNotice]], in_progress: Collection[Key]) -> None:
        """See what has changed and tell; most calls do nothing.

        Args:
            waiting: returns the pushes that wait, the next one first.
            in_progress: those that are being graded.
        """
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_SECONDS
        for key in [key for key in {*self._files, *self._tasks} if key not in in_progress]:
            self._end(key)
        for key, path in self._files.items():
            with contextlib.suppress(OSError, ValueError):  # not there yet, or being written
                self.set_task(key, int(path.read_text(encoding="ascii")))
        self._ahead = {(notice.week, notice.username): ahead for ahead, notice in enumerate(waiting())}
        self._tell_places()

    def _tell_places(self) -> None:
        self._told = {key: ahead for key, ahead in self._told.items() if key in self._ahead}
        moved = []
        for key, ahead in self._ahead.items():
            told = self._told.get(key)
            if told is None:
                self._arrived(*key)
                self._told[key] = ahead
            elif _is_worth_telling(told, ahead):
                moved.append((abs(ahead - told) / (told + 1), key))
        moved.sort(key=itemgetter(0), reverse=True)  # in the order of the queue, its end would never be told
        for _, key in moved[:MOST_TOLD]:
            self._moved(*key)
            self._told[key] = self._ahead[key]

    def _end(self, key: Key) -> None:
        self._tasks.pop(key, None)
        if path := self._files.pop(key, None):
            path.unlink(missing_ok=True)


def _is_worth_telling(told: int, ahead: int) -> bool:
    return ahead != told and (ahead > told or ahead < FEW or told - ahead >= told / PART)
