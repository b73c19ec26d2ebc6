"""How each student's repository came about, which takes two runs of git: done again only after a push or a scorecard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.git import BRANCH
from classroom.core.git_history import FEEDBACK, HEADS
from classroom.core.receipts import RECEIVED
from classroom.core.submission import Submission
from classroom.instructor.classrooms.memo import Memo, stamps
from classroom.instructor.interview.timeline import Timeline, timeline

if TYPE_CHECKING:
    from classroom.instructor.classrooms.repository import Repository

MOST = 5000
_known: Memo[Timeline] = Memo(MOST)


def known_timeline(repository: Repository, username: str) -> Timeline:
    """Return the pushes to a student's repository, each with its score."""
    path = repository.path
    names = (RECEIVED, HEADS + BRANCH, HEADS + FEEDBACK, "packed-refs")
    return _known.get(
        path,
        stamps(path / name for name in names),
        lambda: timeline(Submission(username, path, bare=True), {}),
        lambda found: bool(found.pushes),  # there is none while git does not finish in time
    )
