"""The student edition: one week, or the whole course, as students get it. One fresh commit, nothing of `grading/`."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from classroom.assignment import Assignment, course_top, weeks
from classroom.errors import ClassroomError, UsageError
from classroom.handout import (
    EDITION,
    copy,
    lay_course,
    lay_kit,
    lay_week,
    point_to_kit,
    see_that_nothing_leaks,
    tell_name,
)
from classroom.history import is_bare
from classroom.repository import WHO
from classroom.temporary import TemporaryRoom


@dataclass(frozen=True)
class Published:
    """What publishing did: the tag of the commit, or that nothing had changed."""

    target: str
    tag: str
    changed: bool
    files: int


def publish(week: str, to: str, start: Path, *, workflows: bool = True) -> Published:
    """Publish a week, or `all`, to a folder or a git remote.

    Args:
        week: a week's folder or number, or `all`.
        to: a folder, a bare repository or a git address.
        start: a folder of the course.
        workflows: whether a week brings its own for GitHub Actions along.

    Raises:
        UsageError: there is no such week, or the target is something else.
        ClassroomError: git refuses, or something of `grading/` would be published.
    """
    from classroom.assignment import find

    with TemporaryRoom("publish") as room:
        tree = room / "tree"
        if week == "all":
            top = course_top(start)
            if top is None:
                raise UsageError(f"There is no course in {start} or above it: go to the course's folder first.")
            lay_course(top, tree)
            name, chosen = "course", [Assignment.load(folder) for folder in weeks(top).values()]
        else:
            assignment = Assignment.load(find(week))
            lay_week(assignment, tree)
            tell_name(assignment, tree)
            lay_kit(assignment.folder.parent / "shared", tree / "kit")
            point_to_kit(tree / "requirements.txt")
            shutil.copyfile(EDITION / "week.mk", tree / "Makefile")
            if workflows:
                copy(EDITION / "week", tree)
            name, chosen = assignment.name, [assignment]
        shutil.copyfile(EDITION / "gitignore", tree / ".gitignore")
        see_that_nothing_leaks(tree, chosen)
        return _hand_over(tree, to, name, room)


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *WHO, *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines()
        raise ClassroomError(f"git {words[0]} says: {told[-1] if told else 'nothing'}")
    return done.stdout.strip()


def _hand_over(tree: Path, to: str, name: str, room: Path) -> Published:
    """Make the tree the next commit of the target, where it differs from the last one."""
    local = Path(to)
    remote = "://" in to or (":" in to and not local.exists()) or is_bare(local)
    work = room / "work"
    if remote:
        _git(
            room, "clone", "--quiet", to if "://" in to or not local.exists() else os.fspath(local.resolve()), str(work)
        )
    else:
        work = _own_folder(local)
    for path in work.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(tree, work, dirs_exist_ok=True)
    _git(work, "add", "--all", "--force")
    files = len(_git(work, "ls-files").splitlines())
    if not _git(work, "status", "--porcelain"):
        return Published(to, _git(work, "describe", "--tags", "--always"), changed=False, files=files)
    _git(work, "commit", "--quiet", "--message", f"{name}, as handed out")
    tag = f"{name}-{_git(work, 'rev-parse', '--short', 'HEAD^{tree}')}"
    _git(work, "tag", "--force", tag)
    if remote:
        _git(work, "push", "--quiet", "origin", "HEAD", f"refs/tags/{tag}")
    return Published(to, tag, changed=True, files=files)


def _own_folder(folder: Path) -> Path:
    """The folder, made a repository where it is new; one with other things in it is left alone.

    Raises:
        UsageError: it is a file, or holds what was not published by this command.
    """
    if folder.is_file():
        raise UsageError(f"{folder} is a file: --to takes a folder or a git address.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / ".git").is_dir():
        raise UsageError(f"{folder} is not empty and no repository: --to takes a new folder, or one published before.")
    if (folder / ".git").is_dir() and _git(folder, "status", "--porcelain"):
        raise UsageError(f"{folder} has changes that are not committed: commit or remove them first.")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").is_dir():
        _git(folder, "init", "--quiet", "--initial-branch", "main")
    return folder
