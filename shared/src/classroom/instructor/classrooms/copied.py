"""A copy of what was pushed to a repository, as `collect` makes it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git import BRANCH, git
from classroom.core.git_history import BRANCHES, HEADS, History
from classroom.core.receipts import HANDED_OUT, RECEIVED, receipts
from classroom.core.result import utc_timestamp
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.instructor.classrooms.repository import Repository

MAX_LEFT_BEHIND = 100  # branches whose names are collected with a repository


def copy_pushed(repository: Repository, target: Path) -> None:
    """Copy the commits and the receipts of a repository, but none of its settings."""
    with ScratchDir("new", target.parent, hidden=True) as scratch:
        copy = scratch / "copy"
        git("init", "--quiet", "--bare", "--template=", "--initial-branch", BRANCH, copy)
        tip = repository.tip()
        if tip is None:
            raise ClassroomError(f"It has no readable {BRANCH} branch.")
        repository.pack([tip, *(push.commit for push in repository.pushes())], copy / "objects" / "pack")
        git("update-ref", f"refs/heads/{BRANCH}", tip, cwd=copy)
        copy_record(repository, copy)
        if target.exists():
            target.rename(scratch / "before")
        copy.rename(target)


def copy_record(repository: Repository, copy: Path) -> None:
    """Write down the pushes to the graded branch, and the names of the branches that stay behind.

    Raises:
        ClassroomError: the record of the pushes cannot be read.
    """
    pushes = receipts(repository.path, f"{HEADS}{BRANCH}")
    if pushes is not None:
        lines = [f"{utc_timestamp(push.received)} {push.ref} {push.commit}\n" for push in pushes]
        (copy / RECEIVED).write_text("".join(lines), encoding="ascii")
    history = History.at(repository.path)
    if history and (handed_out := history.text(HANDED_OUT)):
        (copy / HANDED_OUT).write_text(handed_out, encoding="ascii", errors="replace")
    others = itertools.islice(history.others().items() if history else (), MAX_LEFT_BEHIND)
    text = "".join(f"{HEADS}{name} {commit}\n" for name, commit in others)
    (copy / BRANCHES).write_text(text, encoding="utf-8", errors="replace")
