"""The submissions in a folder, which is not another week's, with names that tell them apart."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.submission import Submission, submissions
from classroom.core.text import one_line
from classroom.instructor.teams import read_teams

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment


def find_submissions(folder: Path, assignment: Assignment, slug: str = "") -> list[Submission]:
    """Return every submission in a folder, by name; in a week with teams, those of the teams.

    Args:
        folder: the folder.
        assignment: the week.
        slug: the name with which its repositories begin, if that is not the week's.

    Raises:
        UsageError: the folder does not exist, holds another week's, or two submissions of one student.
    """
    if not folder.is_dir():
        kind = "is a file" if folder.is_file() else "does not exist"
        raise UsageError(f"{folder} {kind}: --submissions needs the folder that holds the submissions.")
    # An extra is handed in with its week, unless it was opened on its own.
    week = None if folder.resolve().name == assignment.name else assignment.week
    _ensure_right_week(folder, week.name if week else assignment.name)
    found = _distinct(submissions(folder, assignment, slug))
    if teams := read_teams(folder):
        found = [submission for submission in found if teams.named(submission.name)]
    for name, count in Counter(submission.name for submission in found).items():
        if count > 1:
            raise UsageError(f"Two submissions in {folder} are called {one_line(name)}: rename one of them.")
    return found


def _ensure_right_week(submissions_folder: Path, name: str) -> None:
    """Check that the folder is not the one of all weeks, or another week's, in a classroom or a copy of it.

    Raises:
        UsageError: it is; the message names the right folder.
    """
    folder = submissions_folder.resolve()
    sibling, child = folder.with_name(name), folder / name
    collected = (folder / ".collected").exists() and (sibling / ".collected").exists()
    if (folder / ".classroom/inbox").is_dir() or (child / ".collected").exists():
        right = child
    elif (folder.parent / ".classroom/inbox").is_dir() or collected:
        right = sibling
    else:
        return
    if folder != right:
        raise UsageError(f"{submissions_folder} holds no submissions for {name}: --submissions takes {right}.")


def _is_utf8(name: str) -> bool:
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def _distinct(found: list[Submission]) -> list[Submission]:
    """Return the submissions with a digest added to a name that is not UTF-8, if its spelling is another one's name."""
    counts = Counter(submission.name for submission in found)
    return [
        replace(
            submission, name=f"{submission.name}~{hashlib.sha256(os.fsencode(submission.path.name)).hexdigest()[:8]}"
        )
        if counts[submission.name] > 1 and not _is_utf8(submission.path.name)
        else submission
        for submission in found
    ]
