"""The last commits of a repository that a student controls, with the dates that their authors' computers set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git import git
from classroom.core.git_history import COMPARE_SECONDS, Commit
from classroom.core.receipts import HASH

if TYPE_CHECKING:
    from classroom.core.git_history import History


def commits(history: History, most: int) -> list[Commit]:
    """Return the last commits of the graded branch, the newest first; none if git cannot read them within the time limit.

    Only first parents are followed: what was merged into the branch later was not on it before.
    """
    if history.head is None or not history.whole:
        return []
    argv = ["log", f"-{most}", "--first-parent", "--no-color", "--format=%H %ct", history.head]
    try:
        with history.objects() as (options, env):
            lines = git(*options, *argv, env=env, timeout=COMPARE_SECONDS).splitlines()
    except ClassroomError:
        return []
    pairs = (line.partition(" ") for line in lines)
    return [Commit(name, _moment(seconds)) for name, _, seconds in pairs if HASH.fullmatch(name)]


def _moment(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
