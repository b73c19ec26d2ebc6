"""Official results of a classroom, as its gradings have written them into `.classroom/grades`."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.files import stamp
from classroom.instructor.grading.results import read_results, unfinished
from classroom.instructor.grading.students import read_students
from classroom.instructor.site.people import NotPossible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from classroom.core.result import Result
    from classroom.instructor.classrooms.classroom import Classroom


UNFINISHED = (
    "The last official grading of {week} did not finish, so some students may have no result. Grade it again first."
)


@dataclass(frozen=True)
class Grade:
    """What a student was given for a week; no points if it is excused or could not be graded; full with all of them."""

    status: str
    score: int | None
    max_score: int
    is_full: bool = False


def grades_folder(classroom: Classroom, week: str) -> Path:
    """Return the folder of a week's official results, which `grade --out` also accepts."""
    return classroom.state_dir / "grades" / week


def ensure_finished(classroom: Classroom, week: str, title: str) -> None:
    """Raise NotPossible if the last official grading of a week was interrupted or failed: results of students are missing."""
    if unfinished(grades_folder(classroom, week)):
        raise NotPossible(UNFINISHED.format(week=title))


def official_results(classroom: Classroom, week: str) -> dict[str, Result]:
    """Return the official results of a week by username; empty if it was not graded."""
    out = grades_folder(classroom, week)
    try:
        results = read_results(out, skip_damaged=True)
    except UsageError:
        return {}
    names = {name: student.username for name, student in read_students(out).items()}
    return {names.get(result.submission, result.submission): result for result in results}


class Grades:
    """The grades of all weeks; a week is read again once another grading has written its gradebook."""

    def __init__(self, classroom: Classroom) -> None:
        self.classroom = classroom
        self._known: dict[str, tuple[object, Mapping[str, Grade]]] = {}
        self._lock = threading.Lock()

    def of(self, week: str) -> Mapping[str, Grade]:
        """Return the grades of a week by username; empty if it was not graded."""
        written = stamp(grades_folder(self.classroom, week) / "gradebook.csv")
        with self._lock:
            before, known = self._known.get(week, (None, {}))
        if before == written:
            return known
        found = {
            username: Grade(result.status, result.score, result.max_score, result.green)
            for username, result in official_results(self.classroom, week).items()
        }
        with self._lock:
            self._known[week] = written, found
        return found
