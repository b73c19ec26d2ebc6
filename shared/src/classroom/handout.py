"""What students get of a week or of the course: laid out by an allow-list, and searched for what must stay."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.assignment import Assignment, weeks
from classroom.errors import ClassroomError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

WEEK = ("README.md", "HINTS.md", "requirements.txt", "assignment.toml", "pytest.ini", "conftest.py", "tests")
COURSE = ("Makefile", "LICENSE", "shared/prepare.py", "shared/requirements.lock", "shared/requirements.in")
EDITORS = (".vscode", ".devcontainer")
KIT = ("pyproject.toml", "README.md", "src")
INSTRUCTORS = {
    *("cases.py", "cohort.py", "commands/grading.py", "commands/handing.py", "commands/hosting.py"),
    *(
        "consistency.py",
        "counter.py",
        "deadline.py",
        "degenerate",
        "demo.py",
        "door",
        "edit.py",
        "edition",
        "expected.py",
    ),
    *("export.py", "folder.py", "gradebook.py", "handout.py", "hooks", "hub.py", "inbox.py", "mutants"),
    *("page", "progress.py", "publish.py", "readme.py", "report.py", "repository.py", "roster.py"),
    *("sandbox", "similarity.py", "statistics.py", "students.py", "undone.py", "verify.py", "walk.py"),
}
LEFT_OUT = {"__pycache__", ".classroom", ".pytest_cache", ".ruff_cache", ".mypy_cache"}
EDITION = Path(__file__).with_name("edition")


def lay_course(top: Path, tree: Path) -> None:
    """The whole course with its kit."""
    for folder in weeks(top).values():
        assignment = Assignment.load(folder)
        lay_week(assignment, tree / assignment.name)
    for name in (*COURSE, *(name for name in EDITORS if (top / name).is_dir())):
        copy(top / name, tree / name)
    lay_kit(top / "shared", tree / "shared")
    _lay_readme(tree)


def _lay_readme(tree: Path) -> None:
    """The edition's own README, without the rows of weeks that are not there."""
    lines = (EDITION / "README.md").read_text(encoding="utf-8").splitlines(keepends=True)
    links = ((line, re.search(r"\]\((week[^/]*)/README\.md\)", line)) for line in lines)
    text = "".join(line for line, link in links if link is None or (tree / link[1]).is_dir())
    (tree / "README.md").write_text(text, encoding="utf-8")


def lay_week(assignment: Assignment, tree: Path) -> None:
    """What a student gets of a week, by an allow-list; a part may be missing only if the week has none."""
    for name in (*WEEK, *assignment.student_files, *assignment.course_files, *assignment.published):
        if (assignment.folder / name).exists():
            copy(assignment.folder / name, tree / name)


def tell_name(assignment: Assignment, tree: Path) -> None:
    """Have the week's own file tell its name: the folder that it lies in may be called anything."""
    about = (tree / "assignment.toml").read_text(encoding="utf-8")
    (tree / "assignment.toml").write_text(f'name = "{assignment.name}"\n{about}', encoding="utf-8")


def lay_kit(shared: Path, tree: Path, left_out: Collection[str] = INSTRUCTORS) -> None:
    """The kit, without the parts that are the instructor's.

    Raises:
        UsageError: there is none, as beside a week that was published.
    """
    if not (shared / "pyproject.toml").is_file():
        raise UsageError(f"{shared} is not there: a week is handed out from the course that it belongs to.")
    for name in KIT:
        copy(shared / name, tree / name)
    for name in left_out:
        place = tree / "src" / "classroom" / name
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink()


def point_to_kit(requirements: Path) -> None:
    """Have the requirements name the kit that lies beside them.

    Raises:
        ClassroomError: they do not name the course's.
    """
    text = requirements.read_text(encoding="utf-8")
    if "../shared" not in text:
        raise ClassroomError(f"{requirements.name} does not name ../shared, where the kit is.")
    requirements.write_text(text.replace("../shared", "./kit"), encoding="utf-8")


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, without what checks and tools leave behind."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=lambda _, names: LEFT_OUT & set(names), dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def see_that_nothing_leaks(tree: Path, chosen: Sequence[Assignment]) -> None:
    """Hold every published file against what must stay: by path, by content, and by the names of hidden checks.

    Raises:
        ClassroomError: one holds a part of it.
    """
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
