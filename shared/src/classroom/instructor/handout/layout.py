"""The files that students get of a week or an extra, and of the kit: copied by an allow-list, and searched for what must not leak."""

from __future__ import annotations

import re
import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError, UsageError
from classroom.core.git import git
from classroom.instructor.handout.allow_list import BESIDE, STUDENTS
from classroom.instructor.handout.completeness import first_problem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from classroom.core.assignment import Assignment

WEEK = (
    "README.md",
    "HINTS.md",
    "AGENTS.md",
    "requirements.txt",
    "assignment.toml",
    "pytest.ini",
    "conftest.py",
    "tests",
    "diagrams",
)
PAGES = ("docs/api-styles.md",)  # which the READMEs of extras link to, in every edition at the same place
CHECKS = "tests"  # of which only the modules are handed out; other files are named under `published`
UNTRACKED = "git does not track it; to hand it out, `git add` it"
NO_CHECKS = "it is not a module of checks; to hand it out, name it under `published` in assignment.toml"
TEMPLATES = Path(__file__).with_name("templates")


def copy_week(assignment: Assignment, tree: Path, *, draft: bool = False) -> dict[str, str]:
    """Copy what students get of a week; return what was left out, as `copy_named` does.

    Args:
        assignment: the week.
        tree: where it is copied to.
        draft: whether a week that git does not track yet is copied as a whole.

    Raises:
        UsageError: git tracks the course, but nothing of the week.
    """
    if not draft and not is_tracked(assignment):
        place = assignment.folder.relative_to(assignment.course).as_posix()
        raise UsageError(f"git tracks no files in {place}: `git add {place}` first.")
    named = (*WEEK, *assignment.student_files, *assignment.course_files, *assignment.published)
    return copy_named(assignment.folder, named, tree)


def copy_pages(top: Path, tree: Path) -> None:
    """Copy the course's pages for students, as far as the course has them."""
    for page in PAGES:
        if (top / page).is_file():
            copy(top / page, tree / page)


def copy_named(folder: Path, names: Sequence[str], tree: Path) -> dict[str, str]:
    """Copy files and folders; return the files in these folders that were left out, each with the reason.

    A named file is copied. Of a named folder only the files that git tracks are copied, since an uncommitted file may be
    an answer, a backup or a secret. If the course is not a git checkout, everything is copied but what students' git
    ignores.
    """
    tracked, untracked = _known_to_git(folder)
    left_out = {}
    for name in names:
        for path in _files(folder / name):
            place = path.relative_to(folder).as_posix()
            meant = place in tracked if tracked else not _ignored(path.relative_to(folder))
            if place in names or (meant and (name != CHECKS or path.suffix == ".py")):
                copy(path, tree / place)
            elif meant or place in untracked:
                left_out[place] = NO_CHECKS if meant else UNTRACKED
    return left_out


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())


def _known_to_git(folder: Path) -> tuple[set[str], set[str]]:
    """Return the files that git tracks, and those that it neither tracks nor ignores; empty without a git checkout."""
    if not any((place / ".git").exists() for place in (folder, *folder.parents)):
        return set(), set()
    found = ("ls-files", "--cached"), ("ls-files", "--others", "--exclude-standard")
    tracked, untracked = (git("-C", folder, *words, "-z").split("\0") for words in found)
    return {name for name in tracked if name}, set(untracked)


def is_tracked(assignment: Assignment) -> bool:
    """Return whether git tracks a file of a week or an extra, or does not track its course at all."""
    tracked, _ = _known_to_git(assignment.course)
    place = assignment.folder.relative_to(assignment.course).as_posix()
    return not tracked or any(name.startswith(f"{place}/") for name in tracked)


def _ignored(place: Path) -> bool:
    """Return whether students' git ignores a file."""
    lines = (TEMPLATES / "gitignore").read_text(encoding="utf-8").splitlines()
    patterns = [line.strip("/") for line in lines if line and not line.startswith("#")]
    return any(fnmatch(part, pattern) for part in place.parts for pattern in patterns)


def write_name(assignment: Assignment, tree: Path) -> None:
    """Write the name, and whether it is an extra, into assignment.toml, since the folder no longer tells."""
    about = (tree / "assignment.toml").read_text(encoding="utf-8")
    kind = "extra = true\n" if assignment.is_extra else ""
    (tree / "assignment.toml").write_text(f'name = "{assignment.name}"\n{kind}{about}', encoding="utf-8")


def copy_kit(shared: Path, tree: Path, parts: Collection[str] = STUDENTS) -> None:
    """Copy the named parts of the kit, if they include all that they use.

    Raises:
        UsageError: there is no kit, as next to a week that was published.
        ClassroomError: the list of parts does not match the kit.
    """
    if not (shared / "pyproject.toml").is_file():
        raise UsageError(f"{shared} is not there: a week is handed out from the course that it belongs to.")
    package = Path("src", "classroom")
    if problem := first_problem(shared / package, parts):
        raise ClassroomError(problem)
    for place in (*map(Path, BESIDE), *(package / part for part in parts)):
        copy(shared / place, tree / place)


def point_to_kit(requirements: Path, kit: str = "./kit") -> None:
    """Make the requirements name the kit that is handed out with them.

    Raises:
        ClassroomError: they do not name the course's kit.
    """
    text = requirements.read_text(encoding="utf-8")
    if "../shared" not in text:
        raise ClassroomError(f"{requirements.name} does not name ../shared, where the kit is.")
    requirements.write_text(re.sub(r"(\.\./)+shared", kit, text), encoding="utf-8")


def copy(source: Path, target: Path) -> None:
    """Copy a file and its executable bits."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(target.stat().st_mode | (source.stat().st_mode & 0o111))


def ensure_nothing_leaks(tree: Path, published: Mapping[str, Assignment]) -> None:
    """Search every published file for what must not leak: by path, by content, and by the names of hidden checks.

    The folder of another week or extra is not searched, since it may use the same names.

    Args:
        tree: what is published.
        published: the weeks and extras, by their place in the tree; "." for the only one.

    Raises:
        ClassroomError: a file holds a part of it.
    """
    for own, assignment in published.items():
        others = [other for other in published if not Path(own).is_relative_to(other)]
        secret = {path.read_bytes() for path in (assignment.folder / "grading").rglob("*") if path.is_file()} - {b""}
        hidden = _check_names(assignment.hidden_checks) - _check_names(assignment.visible_checks)
        for path in tree.rglob("*"):
            place = path.relative_to(tree)
            if not path.is_file() or any(place.is_relative_to(other) for other in others):
                continue
            data = path.read_bytes()
            if "grading" in place.parts or (data in secret and not _given_to_students(data, assignment)):
                raise ClassroomError(f"{place} is a part of grading/ and would have been published.")
            if leaked := sorted(name.decode() for name in hidden if name in data):
                raise ClassroomError(f"{place} holds the hidden check {leaked[0]}.")


def _check_names(folder: Path) -> set[bytes]:
    """Return the beginning of each check's definition, such as `def test_root_says_hello(`."""
    lines = (line for path in folder.rglob("test_*.py") for line in path.read_bytes().splitlines())
    return {line.split(b"(")[0] + b"(" for line in lines if line.startswith(b"def test_")}


def _given_to_students(data: bytes, assignment: Assignment) -> bool:
    """Return whether a file of the starter has the same bytes: a solution may contain an unchanged copy of it."""
    return any(
        path.is_file() and path.read_bytes() == data
        for part in assignment.student_files
        for path in [assignment.folder / part, *(assignment.folder / part).rglob("*")]
    )
