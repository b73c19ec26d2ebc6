"""Official feedback that a student has been given: released on the site, or by `classroom feedback`; nothing before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git_history import FEEDBACK, HEADS
from classroom.instructor.classrooms.memo import Memo, stamps
from classroom.instructor.site import official
from classroom.student.feedback import feedback

if TYPE_CHECKING:
    from classroom.instructor.classrooms.classroom import Classroom

FILE = "FEEDBACK.md"
MOST = 5000
_on_branch: Memo[str | None] = Memo(MOST)


@dataclass(frozen=True)
class GivenFeedback:
    """Official feedback on a week.

    Attributes:
        text: Markdown, with text of the submission escaped.
        score: the official points; None if there are none, or if they are in the text alone.
        max_score: the most that a student can get.
    """

    text: str
    score: int | None = None
    max_score: int = 0


def given_feedback(classroom: Classroom, week: str, username: str) -> GivenFeedback | None:
    """Return the official feedback that a student may see; None if nothing was released."""
    if official.is_kept_here(classroom, week):
        result = official.result_of(classroom, week, username)
        return GivenFeedback(feedback(result), result.score, result.max_score) if result else None
    text = _text_on_branch(classroom, week, username)
    return GivenFeedback(text) if text else None


def _text_on_branch(classroom: Classroom, week: str, username: str) -> str | None:
    repository = classroom.own_repository(week, username)
    if repository is None:
        return None
    seen = stamps(repository.path / name for name in (HEADS + FEEDBACK, "packed-refs"))
    try:
        return _on_branch.get(repository.path, seen, lambda: repository.text(FEEDBACK, FILE))
    except ClassroomError:  # which is not kept: git may only have been too slow
        return None
