"""The student edition: one week, or the whole course, as students get it. One fresh commit, nothing of `grading/`."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from classroom.core.assignment import Assignment, course_top, weeks
from classroom.core.errors import UsageError
from classroom.core.git import git
from classroom.core.git_history import is_bare
from classroom.core.scratch import ScratchDir
from classroom.instructor.handout.layout import (
    TEMPLATES,
    copy_course,
    copy_kit,
    copy_week,
    ensure_nothing_leaks,
    lay,
    point_to_kit,
    tell_name,
)

ABOUT = "{}, as handed out"  # by this word of a commit a target is known to be ours
BROUGHT = (".devcontainer", ".github", ".vscode")  # for one week: its editor's settings and its workflow


@dataclass(frozen=True)
class Published:
    """What publishing did: the tag of the commit, or that nothing had changed, and which files were left out, and why."""

    target: str
    tag: str
    changed: bool
    files: int
    left_out: dict[str, str] = field(default_factory=dict)


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
    from classroom.core.assignment import find

    with ScratchDir("publish") as room:
        tree = room / "tree"
        if week == "all":
            top = course_top(start)
            if top is None:
                raise UsageError(f"There is no course in {start} or above it: go to the course's folder first.")
            left_out = copy_course(top, tree)
            name, chosen = "course", [Assignment.load(folder) for folder in weeks(top).values()]
        else:
            assignment = Assignment.load(find(week))
            left_out = copy_week(assignment, tree)
            tell_name(assignment, tree)
            copy_kit(assignment.folder.parent / "shared", tree / "kit")
            point_to_kit(tree / "requirements.txt")
            shutil.copyfile(TEMPLATES / "week.mk", tree / "Makefile")
            if workflows:
                lay(TEMPLATES / "week", BROUGHT, tree)
            name, chosen = assignment.name, [assignment]
        shutil.copyfile(TEMPLATES / "gitignore", tree / ".gitignore")
        ensure_nothing_leaks(tree, chosen)
        return replace(_hand_over(tree, to, name, room), left_out=left_out)


def _git(folder: Path, *argv: str) -> str:
    return git(*argv, cwd=folder, network=True)


def _hand_over(tree: Path, to: str, name: str, room: Path) -> Published:
    """Make the tree the next commit of the target, where it differs from the last one.

    The commit is made beside the target and brought there whole, so that a kill leaves nothing half done.
    """
    folder = Path(to)
    remote = "://" in to or (":" in to and not folder.exists()) or is_bare(folder)
    if not remote and not (folder / ".git").is_dir():
        return _hand_over_anew(tree, folder, to, name)
    work = room / "work"
    _git(room, "clone", "--quiet", os.fspath(folder.resolve()) if folder.exists() else to, os.fspath(work))
    _ensure_owned(work, to, name)
    if not remote and _git(folder, "status", "--porcelain"):
        raise UsageError(f"{folder} has changes that are not committed: commit or remove them first.")
    done = _commit(work, tree, to, name)
    if done.changed and remote:
        _git(work, "push", "--quiet", "origin", "HEAD", f"refs/tags/{done.tag}")
    elif done.changed:
        # What git ignores there, such as an environment of the instructor's, stays.
        _git(folder, "fetch", "--quiet", "--tags", os.fspath(work), "HEAD")
        _git(folder, "merge", "--quiet", "--ff-only", "FETCH_HEAD")
    return done


def _hand_over_anew(tree: Path, folder: Path, to: str, name: str) -> Published:
    """Make the tree the first commit of a new folder.

    Raises:
        UsageError: it is a file, or holds something.
    """
    if folder.is_file():
        raise UsageError(f"{folder} is a file: --to takes a folder or a git address.")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty and no repository: --to takes a new folder, or one published before.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with ScratchDir("new", folder.parent) as beside:
        work = beside / "work"
        _git(folder.parent, "init", "--quiet", "--initial-branch", "main", os.fspath(work.resolve()))
        done = _commit(work, tree, to, name)
        if folder.is_dir():
            folder.rmdir()
        work.rename(folder)
    return done


def _ensure_owned(work: Path, to: str, name: str) -> None:
    """What is published over must be new, or of the same name: all else that a repository holds would be gone.

    Raises:
        UsageError: it holds something else.
    """
    subjects = _git(work, "log", "--branches", "--format=%s").splitlines()
    if _git(work, "for-each-ref") and ABOUT.format(name) not in subjects:
        raise UsageError(
            f"{to or Path.cwd()} holds something else: --to takes a new folder, an empty repository, or where {name} was published before."
        )


def _commit(work: Path, tree: Path, to: str, name: str) -> Published:
    """Commit the tree as all that there is, where that changes something, with a tag that names its content."""
    for path in work.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(tree, work, dirs_exist_ok=True)
    _git(work, "add", "--all", "--force")
    files = len(_git(work, "ls-files").splitlines())
    tag = f"{name}-{_git(work, 'write-tree')[:7]}"
    changed = bool(_git(work, "status", "--porcelain"))
    if changed:
        _git(work, "commit", "--quiet", "--message", ABOUT.format(name))
    if changed and not _git(work, "tag", "--list", tag):
        _git(work, "tag", tag)
    return Published(to, tag, changed=changed, files=files)
