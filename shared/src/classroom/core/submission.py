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
from typing import TYPE_CHECKING

from classroom.core.assignment import EXTRA
from classroom.core.branches import branch_note, no_commit_note
from classroom.core.errors import ClassroomError
from classroom.core.git_history import History, is_bare
from classroom.core.inspection import Inspection, alone_note, limit_notes, nested_note
from classroom.core.open_folder import OpenFolder, why_unreadable
from classroom.core.student_files import MAX_ENTRIES, student_files
from classroom.core.text import one_line
from classroom.core.unpack import MAX_FILES, MAX_NOTES, MEGABYTE, unpack

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment


@dataclass(frozen=True)
class Submission:
    """One student's submission.

    Attributes:
        name: the student's name, taken from the folder name.
        path: the folder, or the bare repository.
        bare: whether `path` is a bare git repository.
        commit: the commit that is graded, if there is one.
    """

    name: str
    path: Path
    bare: bool = False
    commit: str | None = None


def submissions(folder: Path, assignment: Assignment, slug: str = "") -> list[Submission]:
    """Return every submission in a folder, by name: each subfolder or bare git repository is one.

    Args:
        folder: the folder.
        assignment: the week.
        slug: the name with which repositories begin, if that is not the week's.
    """
    found = []
    # An extra is handed in with its week, or in a repository of its own.
    slugs = [slug] if slug else [*([assignment.week.name] if assignment.week else []), assignment.name]
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_dir() or path.is_symlink():
            continue
        repository = History.at(path)
        commit = repository.head if repository else None
        found.append(Submission(student_name(path.name, *slugs), path, is_bare(path), commit))
    return found


def student_name(repository: str, *slugs: str) -> str:
    """Return whose repository it is: ada for SLUG-ada, and for CLASSROOM-SLUG-ada as in Classroom 50.

    The first of the slugs that is in the repository's name counts.
    """
    name = repository.removesuffix(".git")
    # A folder's name that is not UTF-8 could not be written to any file.
    name = name.encode("utf-8", "backslashreplace").decode("utf-8")
    found = (re.match(rf"(?:.*?-)?{re.escape(slug)}-(?=.)", name, re.DOTALL) for slug in slugs)
    return next((name[match.end() :] for match in found if match), name)


def fingerprint(submission: Submission, assignment: Assignment) -> str:
    """Return a digest of what would be graded: a result with the same digest is still valid."""
    digest = hashlib.sha256()
    if repository := History.at(submission.path):
        # The notes about a submission depend on its other branches, too.
        digest.update(repr(sorted(repository.others().items())).encode("utf-8", "backslashreplace"))
    if submission.bare:
        digest.update(str(submission.commit).encode())
        return digest.hexdigest()
    with contextlib.ExitStack() as stack:
        try:
            top = stack.enter_context(OpenFolder(submission.path))
            home, _ = _home(top, assignment, stack)
        except OSError as error:
            digest.update(why_unreadable(error).encode())
            return digest.hexdigest()
        found = student_files(home, assignment.student_files, assignment.limits.size_mb)
        for file in itertools.islice(found, MAX_FILES + 1):
            digest.update(f"{file.name}\0{file.kind}\0{file.size}\0".encode("utf-8", "surrogateescape"))
            digest.update(file.data if file.data is not None else b"")
    return digest.hexdigest()


def materialize(submission: Submission, assignment: Assignment, target: Path) -> list[str]:
    """Copy the student's files into a new folder, together with the course's files.

    Links, devices and files over the size limit are not copied.

    Returns:
        Notes about files that look wrong, were ignored, or were found in an unexpected place.

    Raises:
        ClassroomError: the folder or the repository cannot be read.
    """
    for name in assignment.course_files:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(assignment.folder / name, target / name)
    inspection = Inspection(assignment, graded=True)
    if not submission.bare:
        notes = _copy(submission.path, assignment, target, inspection)
    else:
        notes = _copy_commit(submission, assignment, target, inspection)
    repository = History.at(submission.path)
    # A handout may be older than the course, and differ from the starter of today.
    untouched = inspection.untouched or _is_handout(repository, submission)
    branch = branch_note(repository, untouched=untouched)
    return [branch, *notes] if branch else notes


def _is_handout(repository: History | None, submission: Submission) -> bool:
    if repository is None or submission.commit is None or not submission.bare:
        return False
    return repository.is_handout(submission.commit)


def _copy_commit(submission: Submission, assignment: Assignment, target: Path, inspection: Inspection) -> list[str]:
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
        return notes + _copy(unpacked, assignment, target, inspection, pushed=True)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def look(assignment: Assignment) -> list[str]:
    """Return notes about what looks wrong in a week's own folder, which is checked in place."""
    inspection = Inspection(assignment, graded=False)
    with OpenFolder(assignment.folder, follow=True) as home:
        for file in itertools.islice(
            student_files(home, assignment.student_files, assignment.limits.size_mb), MAX_FILES
        ):
            if file.data is None:
                inspection.leave_out(file.name, file.reason)
            else:
                inspection.inspect(file.name, file.data)
        found = inspection.notes(home, pushed="GITHUB_ACTIONS" in os.environ)
    return [*_repositories_within(assignment), *found, *limit_notes([*inspection.left_out.values()], MAX_NOTES)]


def _repositories_within(assignment: Assignment) -> list[str]:
    """Return a note for each part that is a repository of its own, inside the week's repository or without one."""
    home = assignment.folder
    within = any((folder / ".git").exists() for folder in (home, *home.parents))
    tops = [home / part for part in assignment.student_files]
    folders = [folder for top in tops for folder in (top, *top.glob("*/")) if (folder / ".git").exists()]
    note = nested_note if within else alone_note
    return [note(folder.relative_to(home).as_posix()) for folder in folders]


def _copy(
    path: Path, assignment: Assignment, target: Path, inspection: Inspection, *, pushed: bool = False
) -> list[str]:
    """Copy the student's files of a folder; `pushed` means that it comes from a repository, even without a `.git`."""
    target.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        try:
            top = stack.enter_context(OpenFolder(path))
            home, notes = _home(top, assignment, stack)
        except OSError as error:
            raise ClassroomError(f"The submission {path} cannot be read: {error.strerror}.") from None
        for count, file in enumerate(student_files(home, assignment.student_files, assignment.limits.size_mb)):
            if count >= MAX_FILES:
                more = f"there are more than {MAX_FILES} files"
                notes.append(f"{one_line(file.name)[:200]} and all files after it were ignored: {more}")
                inspection.complete = False
                break
            if file.data is None:
                inspection.leave_out(file.name, file.reason)
                continue
            (target / file.name).parent.mkdir(parents=True, exist_ok=True)
            (target / file.name).write_bytes(file.data)
            inspection.inspect(file.name, file.data)
        found = inspection.notes(home, pushed=pushed or top.holds(".git"))
    return [*found, *notes, *limit_notes([*inspection.left_out.values()], MAX_NOTES)]


def _home(top: OpenFolder, assignment: Assignment, stack: contextlib.ExitStack) -> tuple[OpenFolder, list[str]]:
    """Return the folder that contains the week, and a note if it is one level below the submission.

    An extra may be handed in with its week, or with the whole course: then it is in the folder `extra`.

    Args:
        top: the submission.
        assignment: the week.
        stack: closes what is opened.
    """

    def holds(folder: OpenFolder) -> bool:
        return any(folder.holds(part, stat.S_IFDIR, stat.S_IFLNK) for part in assignment.student_files)

    entries = top.entries(MAX_ENTRIES)
    if assignment.week and (
        inner := _extra_in(top, assignment, [name for name, is_folder in entries if is_folder], stack)
    ):
        return inner, []
    if holds(top):
        return top, []
    below = []
    for name in (name for name, is_folder in entries if is_folder):
        with contextlib.suppress(OSError), top.folder(name) as folder:
            below += [name] if holds(folder) else []
    week = re.match(r"week\d+", assignment.name)
    named = [name for name in below if week and re.match(rf"{week[0]}(?!\d)", name)]
    chosen = named or ([] if any(re.match(r"week\d", name) for name in below) else below)
    if len(chosen) == 1:
        note = f"the week was found one level down, in {one_line(chosen[0])}/"
        return stack.enter_context(top.folder(chosen[0])), [note]
    return top, []


def _extra_in(
    top: OpenFolder, assignment: Assignment, folders: list[str], stack: contextlib.ExitStack
) -> OpenFolder | None:
    """Return the folder of an extra in a copy of its week, which a submission is or has one level down; None if not there."""
    for path in ((EXTRA, assignment.name), *((folder, EXTRA, assignment.name) for folder in folders)):
        folder = top
        with contextlib.suppress(OSError), contextlib.ExitStack() as opened:
            for name in path:
                folder = opened.enter_context(folder.folder(name))
            stack.enter_context(opened.pop_all())
            return folder
    return None
