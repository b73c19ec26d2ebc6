"""Publish a week, or the whole course, for students: one commit, with nothing from `grading/` in it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from classroom.core.assignment import EXTRA, Assignment, course_top, weeks
from classroom.core.course import find
from classroom.core.errors import UsageError
from classroom.core.folders import full_disk_of
from classroom.core.git import git
from classroom.core.git_history import is_bare
from classroom.core.scratch import ScratchDir
from classroom.instructor.handout.course_edition import copy_course
from classroom.instructor.handout.extra_agents import agents_alone
from classroom.instructor.handout.extra_readme import alone
from classroom.instructor.handout.extras import add_go_further, copy_extras, extras_of, rewrite_readmes
from classroom.instructor.handout.layout import (
    TEMPLATES,
    copy_kit,
    copy_named,
    copy_pages,
    copy_week,
    ensure_nothing_leaks,
    point_to_kit,
    write_name,
)

SUBJECT = "{}, as handed out"  # of each commit; a target with such a commit is one published before
WITH_WEEK = (".devcontainer", ".github", ".vscode")  # handed out with a single week: editor settings, workflow


@dataclass(frozen=True)
class Published:
    """What was published.

    Attributes:
        target: the folder or Git URL.
        tag: of the commit, the current or the earlier one.
        changed: whether there is a new commit.
        files: how many files it has.
        left_out: files that were not published, each with the reason.
    """

    target: str
    tag: str
    changed: bool
    files: int
    left_out: dict[str, str] = field(default_factory=dict)


def publish(week: str, to: str, start: Path, *, workflows: bool = True, draft: bool = False) -> Published:
    """Publish a week, or `all`, to a folder or a git remote.

    Args:
        week: a week's folder or number, or `all`.
        to: a folder, a bare repository or a Git URL.
        start: a folder of the course.
        workflows: whether a week includes its workflow for GitHub Actions.
        draft: whether a week that git does not track yet is published as a whole.

    Raises:
        UsageError: there is no such week, git tracks nothing of it, or the target is something else.
        ClassroomError: git failed, or something of `grading/` would be published.
    """
    with ScratchDir("publish") as scratch:
        tree = scratch / "tree"
        if week == "all":
            top = course_top(start)
            if top is None:
                raise UsageError(f"There is no course in {start} or above it: go to the course's folder first.")
            left_out = copy_course(top, tree)
            name, chosen = "course", _places(top)
        else:
            assignment = Assignment.load(find(week))
            left_out = _copy_alone(assignment, tree, workflows=workflows, draft=draft)
            name, chosen = assignment.name, {".": assignment} | extras_of(assignment)
        shutil.copyfile(TEMPLATES / "gitignore", tree / ".gitignore")
        ensure_nothing_leaks(tree, chosen)
        return replace(_commit_to_target(tree, to, name, scratch), left_out=left_out)


def _places(top: Path) -> dict[str, Assignment]:
    """Return every week and extra of a course, by its place in the tree of the whole course."""
    found: dict[str, Assignment] = {}
    for week in map(Assignment.load, weeks(top).values()):
        found |= {week.name: week} | {f"{week.name}/{place}": extra for place, extra in extras_of(week).items()}
    return found


def _copy_alone(assignment: Assignment, tree: Path, *, workflows: bool, draft: bool) -> dict[str, str]:
    """Copy a week or an extra with the kit and a Makefile, a week with its extras; return what was left out."""
    left_out = copy_week(assignment, tree, draft=draft) | copy_extras(assignment, tree, draft=draft)
    copy_pages(assignment.course, tree)
    write_name(assignment, tree)
    copy_kit(assignment.course / "shared", tree / "kit")
    point_to_kit(tree / "requirements.txt")
    for requirements in (tree / EXTRA).glob("*/requirements.txt"):
        point_to_kit(requirements, "../../kit")
    published = Assignment.load(tree)
    (tree / "Makefile").write_text(makefile(published), encoding="utf-8")
    if assignment.week:
        _write_agents(assignment, assignment.week, tree)
        _rewrite_readme(assignment.name, tree)
    else:
        add_go_further([published], tree)
        rewrite_readmes(published)
    if workflows:
        copy_named(TEMPLATES / "week", WITH_WEEK, tree)
    return left_out


def makefile(assignment: Assignment) -> str:
    """Return the Makefile of a week or an extra that is handed out without the course, for all of its services."""
    extras = extras_of(assignment)
    services = {service for each in (assignment, *extras.values()) for service in each.services}
    parts = [
        "week.mk",
        *(["extras.mk"] if extras else []),
        *(["database.mk"] if "postgres" in services else []),
        *(["site.mk"] if "storage" in services else []),
    ]
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in parts)


def _rewrite_readme(name: str, tree: Path) -> None:
    """Let the README of an extra say how it is set up and checked where there is no course around it."""
    readme = tree / "README.md"
    text = alone(readme.read_text(encoding="utf-8"), name, (tree / "Makefile").read_text(encoding="utf-8"))
    readme.write_text(text, encoding="utf-8")


def _write_agents(extra: Assignment, week: Path, tree: Path) -> None:
    """Write the AGENTS.md of an extra that is handed out alone."""
    text = (week / "AGENTS.md").read_text(encoding="utf-8")
    files = [f"{name}/" if (extra.folder / name).is_dir() else name for name in extra.student_files]
    (tree / "AGENTS.md").write_text(agents_alone(text, extra.title, files), encoding="utf-8")


def _git(folder: Path, *argv: str) -> str:
    return git(*argv, cwd=folder, network=True)


def _commit_to_target(tree: Path, to: str, name: str, scratch: Path) -> Published:
    """Make the tree the next commit of the target, if it differs from the last one.

    The commit is made in a clone and then pulled or pushed, so that a kill leaves nothing half-written.
    """
    folder = Path(to)
    remote = "://" in to or (":" in to and not folder.exists()) or is_bare(folder)
    if not remote and not (folder / ".git").is_dir():
        return _commit_to_new_folder(tree, folder, to, name)
    work = scratch / "work"
    _git(scratch, "clone", "--quiet", os.fspath(folder.resolve()) if folder.exists() else to, os.fspath(work))
    _ensure_owned(work, to, name)
    if not remote and _git(folder, "status", "--porcelain"):
        raise UsageError(f"{folder} has uncommitted changes: commit or remove them first.")
    published = _commit(work, tree, to, name)
    if published.changed and remote:
        _git(work, "push", "--quiet", "origin", "HEAD", f"refs/tags/{published.tag}")
    elif published.changed:
        # A merge keeps what git ignores there, such as a virtual environment.
        _git(folder, "fetch", "--quiet", "--tags", os.fspath(work), "HEAD")
        _git(folder, "merge", "--quiet", "--ff-only", "FETCH_HEAD")
    return published


def _commit_to_new_folder(tree: Path, folder: Path, to: str, name: str) -> Published:
    """Make the tree the first commit of a new folder.

    Raises:
        UsageError: it is a file, or not empty, or cannot be made.
    """
    if folder.is_file():
        raise UsageError(f"{folder} is a file: --to needs a folder or a Git URL.")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is neither empty nor a repository: --to needs a new folder, or one that was published to before."
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Hidden: in a classroom, each folder next to it is taken for a week.
        room = ScratchDir("new", folder.parent, hidden=True)
    except OSError as error:  # it would name the temporary folder
        raise full_disk_of(error) or UsageError(
            f"{folder} cannot be created: {error.strerror}. Choose another folder with --to."
        ) from None
    with room as scratch:
        work = scratch / "work"
        _git(folder.parent, "init", "--quiet", "--initial-branch", "main", os.fspath(work.resolve()))
        published = _commit(work, tree, to, name)
        if folder.is_dir():
            folder.rmdir()
        work.rename(folder)
    return published


def _ensure_owned(work: Path, to: str, name: str) -> None:
    """Raise UsageError if a repository contains something else, whose files a commit would remove."""
    subjects = _git(work, "log", "--branches", "--format=%s").splitlines()
    if _git(work, "for-each-ref") and SUBJECT.format(name) not in subjects:
        raise UsageError(
            f"{to or Path.cwd()} contains something else: --to needs a new folder, an empty repository, or one where {name} was published before."
        )


def _commit(work: Path, tree: Path, to: str, name: str) -> Published:
    """Commit the tree as the only content, if that changes anything, with a tag that identifies the content."""
    for path in work.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(tree, work, dirs_exist_ok=True)
    _git(work, "add", "--all", "--force")
    files = len(_git(work, "ls-files").splitlines())
    tag = f"{name}-{_git(work, 'write-tree')[:7]}"
    changed = bool(_git(work, "status", "--porcelain"))
    if changed:
        _git(work, "commit", "--quiet", "--message", SUBJECT.format(name))
    if changed and not _git(work, "tag", "--list", tag):
        _git(work, "tag", tag)
    return Published(to, tag, changed=changed, files=files)
