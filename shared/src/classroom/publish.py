"""The student edition: one week, or the whole course, as students get it. One fresh commit, nothing of `grading/`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.assignment import Assignment, course_top, weeks
from classroom.errors import ClassroomError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEK = ("README.md", "HINTS.md", "requirements.txt", "assignment.toml", "pytest.ini", "conftest.py", "tests")
COURSE = ("Makefile", "LICENSE", "shared/prepare.py", "shared/requirements.lock", "shared/requirements.in")
KIT = ("pyproject.toml", "README.md", "src")
INSTRUCTORS = {
    *("cases.py", "cohort.py", "commands/grading.py", "commands/handing.py", "commands/hosting.py"),
    *("consistency.py", "counter.py", "deadline.py", "degenerate", "demo.py", "edition", "folder.py"),
    *("gradebook.py", "hooks", "hub.py", "mutants", "page", "progress.py", "publish.py", "readme.py"),
    *("report.py", "repository.py", "roster.py", "sandbox", "similarity.py", "statistics.py"),
    *("students.py", "verify.py"),
}
LEFT_OUT = {"__pycache__", ".classroom", ".pytest_cache", ".ruff_cache", ".mypy_cache"}
EDITION = Path(__file__).with_name("edition")
WHO = ("-c", "user.name=Course", "-c", "user.email=course@example.org")


@dataclass(frozen=True)
class Published:
    """What publishing did: the tag of the commit, or that nothing had changed."""

    target: str
    tag: str
    changed: bool
    files: int


def publish(week: str, to: str, start: Path) -> Published:
    """Publish a week, or `all`, to a folder or a git remote.

    Args:
        week: a week's folder or number, or `all`.
        to: a folder, a bare repository or a git address.
        start: a folder of the course.

    Raises:
        UsageError: there is no such week, or the target is something else.
        ClassroomError: git refuses, or something of `grading/` would be published.
    """
    from classroom.assignment import find

    with tempfile.TemporaryDirectory(prefix="classroom-publish-") as room:
        tree = Path(room, "tree")
        if week == "all":
            top = course_top(start)
            if top is None:
                raise UsageError(f"There is no course in {start} or above it: go to the course's folder first.")
            _lay_course(top, tree)
            name, chosen = "course", [Assignment.load(folder) for folder in weeks(top).values()]
        else:
            assignment = Assignment.load(find(week))
            top = assignment.folder.parent
            _lay_week(assignment, tree)
            _lay_kit(top / "shared", tree / "kit")
            _point_to_kit(tree / "requirements.txt")
            about = (tree / "assignment.toml").read_text(encoding="utf-8")
            (tree / "assignment.toml").write_text(f'name = "{assignment.name}"\n{about}', encoding="utf-8")
            shutil.copyfile(EDITION / "week.mk", tree / "Makefile")
            _copy(EDITION / "week", tree)
            name, chosen = assignment.name, [assignment]
        shutil.copyfile(EDITION / "gitignore", tree / ".gitignore")
        _see_that_nothing_leaks(tree, chosen)
        return _hand_over(tree, to, name, Path(room))


def _lay_course(top: Path, tree: Path) -> None:
    for folder in weeks(top).values():
        assignment = Assignment.load(folder)
        if not assignment.draft:
            _lay_week(assignment, tree / assignment.name)
    for name in COURSE:
        _copy(top / name, tree / name)
    _lay_kit(top / "shared", tree / "shared")
    _lay_readme(tree)


def _lay_readme(tree: Path) -> None:
    """The edition's own README, without the rows of weeks that are drafts."""
    lines = (EDITION / "README.md").read_text(encoding="utf-8").splitlines(keepends=True)
    links = ((line, re.search(r"\]\((week[^/]*)/README\.md\)", line)) for line in lines)
    text = "".join(line for line, link in links if link is None or (tree / link[1]).is_dir())
    (tree / "README.md").write_text(text, encoding="utf-8")


def _lay_week(assignment: Assignment, tree: Path) -> None:
    """What a student gets of a week, by an allow-list; a part may be missing only if the week has none."""
    for name in (*WEEK, *assignment.student_files, *assignment.course_files, *assignment.published):
        if (assignment.folder / name).exists():
            _copy(assignment.folder / name, tree / name)


def _lay_kit(shared: Path, tree: Path) -> None:
    for name in KIT:
        _copy(shared / name, tree / name)
    for name in INSTRUCTORS:
        place = tree / "src" / "classroom" / name
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink()


def _point_to_kit(requirements: Path) -> None:
    text = requirements.read_text(encoding="utf-8")
    if "../shared" not in text:
        raise ClassroomError(f"{requirements.name} does not name ../shared, where the kit is.")
    requirements.write_text(text.replace("../shared", "./kit"), encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=lambda _, names: LEFT_OUT & set(names), dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def _see_that_nothing_leaks(tree: Path, chosen: Sequence[Assignment]) -> None:
    """Hold every published file against what must stay: by path, by content, and by the names of hidden checks."""
    for assignment in chosen:
        room = tree / assignment.name if len(chosen) > 1 else tree
        secret = {path.read_bytes() for path in (assignment.folder / "grading").rglob("*") if path.is_file()} - {b""}
        hidden = _check_names(assignment.hidden_checks) - _check_names(assignment.visible_checks)
        for path in room.rglob("*"):
            if not path.is_file():
                continue
            place, data = path.relative_to(tree), path.read_bytes()
            if "grading" in place.parts or (data in secret and not _given_to_students(data, assignment)):
                raise ClassroomError(f"{place} is a part of grading/ and would have been published.")
            if leaked := sorted(name.decode() for name in hidden if name in data):
                raise ClassroomError(f"{place} holds the hidden check {leaked[0]}.")


def _check_names(folder: Path) -> set[bytes]:
    """The first words of each check's definition, such as `def test_root_says_hello(`."""
    lines = (line for path in folder.rglob("test_*.py") for line in path.read_bytes().splitlines())
    return {line.split(b"(")[0] + b"(" for line in lines if line.startswith(b"def test_")}


def _given_to_students(data: bytes, assignment: Assignment) -> bool:
    """Whether the same bytes are a file of the starter: a solution or a case may hold an unchanged copy of it."""
    return any(
        path.is_file() and path.read_bytes() == data
        for part in assignment.student_files
        for path in [assignment.folder / part, *(assignment.folder / part).rglob("*")]
    )


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *WHO, *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ClassroomError(
            f"git {words[0]} says: {(done.stderr or done.stdout).strip().splitlines()[-1:] or ['nothing']}"
        )
    return done.stdout.strip()


def _hand_over(tree: Path, to: str, name: str, room: Path) -> Published:
    """Make the tree the next commit of the target, where it differs from the last one."""
    local = Path(to)
    remote = "://" in to or (":" in to and not local.exists()) or _is_bare(local)
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


def _is_bare(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir()


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
