"""Submissions of older cohorts and known solutions, with which a class is compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.git_history import is_bare
from classroom.core.submission import Submission, submissions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment


def known_submissions(folders: Sequence[Path], assignment: Assignment, graded: Path) -> list[Submission]:
    """Return every submission in these folders, with the name of its folder before its own: `2025/ada`.

    A folder that is a submission itself, such as a solution downloaded from somewhere, counts as one.

    Args:
        folders: of older cohorts or known solutions.
        assignment: the week.
        graded: the folder of the submissions that are compared with these.

    Raises:
        UsageError: a folder does not exist, holds nothing or is graded itself, or two have the same name.
    """
    if same := [folder for folder in folders if folder.resolve() == graded.resolve()]:
        raise UsageError(f"{same[0]} is the folder being graded: --known needs another cohort, or one solution.")
    names = Counter(folder.resolve().name for folder in folders)
    if twice := [name for name, count in names.items() if count > 1]:
        raise UsageError(f"Two --known folders are called {twice[0]}: rename one of them.")
    return [submission for folder in folders for submission in _in_folder(folder, assignment)]


def _in_folder(folder: Path, assignment: Assignment) -> list[Submission]:
    name = folder.resolve().name
    if not folder.is_dir():
        kind = "is a file" if folder.is_file() else "does not exist"
        raise UsageError(f"{folder} {kind}: --known needs a folder of submissions, or one solution.")
    if is_bare(folder) or any((folder / part).exists() for part in assignment.student_files):
        found = [one for one in submissions(folder.resolve().parent, assignment) if one.path.name == name]
        return [replace(one, name=f"{folder.resolve().parent.name}/{one.name}") for one in found]
    found = submissions(folder, assignment)
    if not found:
        raise UsageError(
            f"There are no submissions in {folder}: --known needs a folder in which each subfolder is one."
        )
    return [replace(one, name=f"{name}/{one.name}") for one in found]
