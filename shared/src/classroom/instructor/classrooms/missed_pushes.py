"""Pushes that have a receipt in their repository, and neither a notice nor a result: after a crash, or from a copied folder."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.result import Result
from classroom.instructor.classrooms.inbox import PushNotice
from classroom.instructor.classrooms.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classroom.instructor.classrooms.classroom import Classroom

log = logging.getLogger(__name__)


def missed_pushes(classroom: Classroom, weeks: Iterable[str]) -> list[PushNotice]:
    """Return the last push of each repository whose result is missing."""
    found = []
    for week in weeks:
        for username, repository in classroom.repositories(week).items():
            try:
                pushes = repository.pushes()[1:]  # the first is the starter
            except ClassroomError as error:
                log.warning("%s  %s  %s", week, username, error)
                continue
            if pushes and pushes[-1].commit == repository.tip() != _graded_commit(classroom, week, username):
                found.append(PushNotice("", week, username, pushes[-1].commit))
    return found


def last_commit(classroom: Classroom, week: str, username: str) -> str | None:
    """Return the commit that was pushed last, if that is known."""
    with contextlib.suppress(ClassroomError, IndexError):
        return Repository(classroom.repository_path(week, username)).pushes()[-1].commit
    return None


def _graded_commit(classroom: Classroom, week: str, username: str) -> str | None:
    with contextlib.suppress(OSError, ValueError):
        return Result.from_json(classroom.score_path(week, username).read_text(encoding="utf-8")).commit
    return None
