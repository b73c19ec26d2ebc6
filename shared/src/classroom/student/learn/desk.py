"""The desks of a course: for each week that is open, its live result and its running app."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from classroom.core.assignment import Assignment, course_top
from classroom.core.course import assignment_folders, extras
from classroom.student.hints import shown_hints
from classroom.student.learn.running_app import RunningApp
from classroom.student.learn.watcher import Watcher
from classroom.student.progress import Progress, progress, progress_around

if TYPE_CHECKING:
    from classroom.web.events import Broadcast


class Desk:
    """One week: its assignment, its watcher, its app. A change is published as `FOLDER/part`.

    Attributes:
        hints_taken: how many hints of a task this page has shown, also if the folder cannot store it.
    """

    def __init__(self, assignment: Assignment, broadcast: Broadcast) -> None:
        self.assignment = assignment
        self.name = name = assignment.folder.name
        self.hints_taken: dict[int, int] = {}
        # Progress is on the pages of all weeks.
        self.watcher = Watcher(assignment, lambda: broadcast.publish(f"{name}/card", "/progress"))
        self.app = RunningApp(assignment, lambda part: broadcast.publish(f"{name}/{part}"))

    def hints(self) -> dict[int, tuple[int, list[str]]]:
        """Return for each task how many of its hints have been shown, and all of them."""
        return {
            number: (min(max(shown, self.hints_taken.get(number, 0)), len(texts)), texts)
            for number, (shown, texts) in shown_hints(self.assignment).items()
        }


class Desks:
    """The weeks and extras of a course; a desk is made when its page is opened for the first time.

    Args:
        first: the week or extra to begin with.
        broadcast: told what changes.
    """

    def __init__(self, first: Assignment, broadcast: Broadcast) -> None:
        self.first = first
        self.broadcast = broadcast
        self.top = course_top(first.folder)
        alone = first.week or first.folder
        folders = assignment_folders(self.top) if self.top else [alone, *extras(alone).values()]
        self._folders = {folder.name: folder for folder in folders} | {first.folder.name: first.folder}
        self._desks: dict[str, Desk] = {}
        self._lock = threading.Lock()

    def desk(self, name: str) -> Desk:
        """Return the desk of the week or extra in this folder.

        Raises:
            KeyError: the course has no such week or extra.
        """
        with self._lock:
            if name not in self._desks:
                self._desks[name] = Desk(Assignment.load(self._folders[name]), self.broadcast)
            return self._desks[name]

    def progress(self) -> list[Progress]:
        """Return every week that can be loaded, with the result of its last check; always that of the first page."""
        found = progress(self.top) if self.top else []
        first = Assignment.load(self.first.week) if self.first.week else self.first
        if any(week.assignment.folder == first.folder for week in found):
            return found
        return [progress_around(first), *found]

    def close(self) -> None:
        """Stop all watchers and apps."""
        with self._lock:
            for desk in self._desks.values():
                desk.watcher.stop()
            for desk in self._desks.values():
                desk.app.stop()
                desk.watcher.close()
