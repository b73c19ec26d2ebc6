"""Submissions: folders, or commits of bare repositories, and how they are copied for grading."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.branches import branch_note, no_commit_note
from classroom.core.errors import ClassroomError
from classroom.core.git_history import History, is_bare
from classroom.core.slips import ENVIRONMENT, NEVER_GRADED, Slips, limit_notes, nested_note
from classroom.core.text import one_line
from classroom.core.unpack import MAX_FILES, MAX_NOTES, MAX_PATH, MEGABYTE, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.core.assignment import Assignment

LINK = "it is a link; hand in the real file or folder instead"
MAX_DEPTH = 50  # nested folders


@dataclass(frozen=True)
class Submission:
    """A submission of one student.

    Attributes:
        name: the student, as named by the folder.
        path: the folder, or the bare repository.
        bare: whether `path` is a bare git repository.
        commit: the commit that is graded, if there is one.
    """

    name: str
    path: Path
    bare: bool = False
    commit: str | None = None


def submissions(folder: Path, assignment: Assignment) -> list[Submission]:
    """Return every submission in a folder, by name: each subfolder or bare git repository is one."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_dir() or path.is_symlink():
            continue
        repository = History.at(path)
        commit = repository.head if repository else None
        found.append(Submission(_student(path.name, assignment), path, is_bare(path), commit))
    return found


def _student(folder: str, assignment: Assignment) -> str:
    name = folder.removesuffix(".git")
    # A folder's name that is not UTF-8 could not be written to any file.
    name = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return name.removeprefix(f"{assignment.name}-") or name


def fingerprint(submission: Submission, assignment: Assignment) -> str:
    """Return a digest of what would be graded: a result with the same digest is still valid."""
    digest = hashlib.sha256()
    if repository := History.at(submission.path):
        # The notes about a submission depend on its other branches, too.
        digest.update(repr(sorted(repository.others().items())).encode("utf-8", "backslashreplace"))
    if submission.bare:
        digest.update(str(submission.commit).encode())
        return digest.hexdigest()
    home, _ = _home(submission.path, assignment)
    for path, name in itertools.islice(_files(home, assignment.student_files), MAX_FILES + 1):
        status = path.lstat()
        digest.update(f"{name}\0{stat.S_IFMT(status.st_mode)}\0{status.st_size}\0".encode("utf-8", "surrogateescape"))
        if stat.S_ISREG(status.st_mode) and status.st_size <= assignment.limits.size_mb * MEGABYTE:
            with contextlib.suppress(PermissionError):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def materialize(submission: Submission, assignment: Assignment, target: Path) -> list[str]:
    """Copy the student's files into a new folder, together with the course's files.

    Links, devices and files over the size limit are not copied.

    Returns:
        Notes about files that look wrong, were ignored, or were found in an unexpected place.

    Raises:
        ClassroomError: the repository cannot be read.
    """
    for name in assignment.course_files:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(assignment.folder / name, target / name)
    slips = Slips(assignment, graded=True)
    if not submission.bare:
        pushed = (submission.path / ".git").exists()
        notes = _copy(submission.path, assignment, target, slips, pushed=pushed)
    else:
        notes = _copy_commit(submission, assignment, target, slips)
    branch = branch_note(History.at(submission.path), untouched=slips.untouched)
    return [branch, *notes] if branch else notes


def _copy_commit(submission: Submission, assignment: Assignment, target: Path, slips: Slips) -> list[str]:
    target.mkdir(parents=True, exist_ok=True)
    repository = History.at(submission.path)
    if repository is None or not repository.whole:
        return ["nothing was graded: the repository is incomplete, because it borrows objects from another one"]
    if submission.commit is None and (repository.folder / "reftable").exists():
        raise ClassroomError(
            f"The repository {submission.path} stores its branches in a format that is not supported: run "
            "git refs migrate --ref-format=files in it."
        )
    if submission.commit is None:
        return [no_commit_note(repository)]
    unpacked = target.with_name(target.name + "-whole")
    try:
        notes = unpack(repository, submission.commit, unpacked, assignment.limits.size_mb * MEGABYTE)
        return notes + _copy(unpacked, assignment, target, slips, pushed=True)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def look(assignment: Assignment) -> list[str]:
    """Return notes about what looks wrong in a week's own folder, which is checked in place."""
    slips = Slips(assignment, graded=False)
    home = assignment.folder
    for path, name in itertools.islice(_files(home, assignment.student_files), MAX_FILES):
        status = path.lstat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= assignment.limits.size_mb * MEGABYTE:
            with contextlib.suppress(OSError):
                slips.inspect(name, path.read_bytes())
        else:
            slips.leave_out(name, LINK if stat.S_ISLNK(status.st_mode) else "it is too large")
    found = slips.notes(home, pushed="GITHUB_ACTIONS" in os.environ)
    return [*_repositories_within(assignment), *found, *limit_notes([*slips.left_out.values()], MAX_NOTES)]


def _repositories_within(assignment: Assignment) -> list[str]:
    """Return a note for each part that is a repository inside the week's own repository."""
    home = assignment.folder
    if not any((folder / ".git").exists() for folder in (home, *home.parents)):
        return []
    tops = [home / part for part in assignment.student_files]
    folders = [folder for top in tops for folder in (top, *top.glob("*/")) if (folder / ".git").exists()]
    return [nested_note(folder.relative_to(home).as_posix()) for folder in folders]


def _copy(top: Path, assignment: Assignment, target: Path, slips: Slips, *, pushed: bool) -> list[str]:
    home, notes = _home(top, assignment)
    target.mkdir(parents=True, exist_ok=True)
    limit = assignment.limits.size_mb * MEGABYTE
    used = 0
    for count, (path, name) in enumerate(_files(home, assignment.student_files)):
        if count >= MAX_FILES:
            notes.append(
                f"{one_line(name)[:200]} and all files after it were ignored: there are more than {MAX_FILES} files"
            )
            slips.complete = False
            break
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            slips.leave_out(name, LINK if stat.S_ISLNK(status.st_mode) else "it is not a regular file")
        elif used + status.st_size > limit:
            total = assignment.limits.size_mb
            slips.leave_out(name, f"{status.st_size / MEGABYTE:.0f} MB, the limit is {total} MB in total")
        elif len(os.fsencode(name)) > MAX_PATH:
            slips.leave_out(name, "its path is too long")
        else:
            used += status.st_size
            try:
                data = path.read_bytes()
            except PermissionError:
                slips.leave_out(name, "it cannot be read")
                continue
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(data)
            slips.inspect(name, data)
    return [*slips.notes(home, pushed=pushed), *notes, *limit_notes([*slips.left_out.values()], MAX_NOTES)]


def _home(top: Path, assignment: Assignment) -> tuple[Path, list[str]]:
    """Return the folder that contains the week, and a note if it is one level below the submission."""

    def holds(folder: Path) -> bool:
        return any((folder / part).is_dir() for part in assignment.student_files)

    if holds(top):
        return top, []
    below = [path for path in sorted(top.iterdir()) if path.is_dir() and not path.is_symlink() and holds(path)]
    week = re.match(r"week\d+", assignment.name)
    named = [path for path in below if week and re.match(rf"{week[0]}(?!\d)", path.name)]
    chosen = named or ([] if any(re.match(r"week\d", path.name) for path in below) else below)
    if len(chosen) == 1:
        return chosen[0], [f"the week was found one level down, in {one_line(chosen[0].name)}/"]
    return top, []


def _files(home: Path, parts: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Yield every file of the student's parts (folders or single files) with its path; a link to a folder counts as a file."""
    for part in parts:
        if (home / part).is_symlink() or (home / part).is_file():
            yield home / part, part
            continue
        for folder, below, files in os.walk(home / part):
            below[:] = sorted(name for name in below if name not in NEVER_GRADED and not _is_environment(folder, name))
            if Path(folder).relative_to(home).parts[MAX_DEPTH:]:
                # os.walk is recursive, and nesting this deep is made to overflow it.
                yield from ((Path(folder, name), Path(folder, name).relative_to(home).as_posix()) for name in below)
                below.clear()
            linked = [name for name in below if Path(folder, name).is_symlink()]
            for name in sorted([*files, *linked]):
                path = Path(folder, name)
                if path.suffix != ".pyc":
                    yield path, path.relative_to(home).as_posix()


def _is_environment(folder: str, name: str) -> bool:
    """Return whether a folder is a virtual environment, whatever its name."""
    return not Path(folder, name).is_symlink() and os.path.lexists(Path(folder, name, ENVIRONMENT))
