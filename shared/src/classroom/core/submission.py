"""A submission: a student's folder, or one commit of a student's repository, and how it is laid out for grading."""

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

from classroom.core.branches import branch_note, nothing_note
from classroom.core.errors import ClassroomError
from classroom.core.git_history import History, is_bare
from classroom.core.slips import ENVIRONMENT, LEFT_ALONE, Slips, nested, shortened
from classroom.core.text import one_line
from classroom.core.unpack import FILES, LONGEST, MEGABYTE, NOTES, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.core.assignment import Assignment

LINK = "it is a link, so hand in the real file or folder instead"
DEEPEST = 50  # folders in each other


@dataclass(frozen=True)
class Submission:
    """Something handed in.

    Attributes:
        name: whose it is, as far as the folder's name says.
        place: the folder, or the bare repository.
        bare: whether `place` is a bare git repository.
        commit: the commit that is graded, where there is one.
    """

    name: str
    place: Path
    bare: bool = False
    commit: str | None = None


def submissions(folder: Path, assignment: Assignment) -> list[Submission]:
    """Every submission in a folder, by name: each sub-folder or bare git repository is one."""
    found = []
    for place in sorted(folder.iterdir()):
        if place.name.startswith(".") or not place.is_dir() or place.is_symlink():
            continue
        repository = History.at(place)
        commit = repository.head if repository else None
        found.append(Submission(_student(place.name, assignment), place, is_bare(place), commit))
    return found


def _student(folder: str, assignment: Assignment) -> str:
    name = folder.removesuffix(".git")
    # What is no UTF-8 in a folder's name could be written nowhere.
    name = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return name.removeprefix(f"{assignment.name}-") or name


def fingerprint(submission: Submission, assignment: Assignment) -> str:
    """A digest of what would be graded, by which a finished result is known to be still true."""
    digest = hashlib.sha256()
    if repository := History.at(submission.place):
        # What is said of a submission rests on its other branches, too.
        digest.update(repr(sorted(repository.others().items())).encode("utf-8", "backslashreplace"))
    if submission.bare:
        digest.update(str(submission.commit).encode())
        return digest.hexdigest()
    home, _ = _home(submission.place, assignment)
    for path, name in itertools.islice(_files(home, assignment.student_files), FILES + 1):
        about = path.lstat()
        digest.update(f"{name}\0{stat.S_IFMT(about.st_mode)}\0{about.st_size}\0".encode("utf-8", "surrogateescape"))
        if stat.S_ISREG(about.st_mode) and about.st_size <= assignment.limits.size_mb * MEGABYTE:
            with contextlib.suppress(PermissionError):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def materialize(submission: Submission, assignment: Assignment, target: Path) -> list[str]:
    """Copy the parts that are the student's into a fresh folder, beside the files that the course gives.

    Links, devices and what is over the size limit are not followed or copied.

    Returns:
        Notes about what looks wrong, was left out, or was found elsewhere than expected.

    Raises:
        ClassroomError: the repository cannot be read.
    """
    for name in assignment.course_files:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(assignment.folder / name, target / name)
    slips = Slips(assignment, graded=True)
    if not submission.bare:
        pushed = (submission.place / ".git").exists()
        notes = _copy(submission.place, assignment, target, slips, pushed=pushed)
    else:
        notes = _lay_out_commit(submission, assignment, target, slips)
    branch = branch_note(History.at(submission.place), untouched=slips.untouched)
    return [branch, *notes] if branch else notes


def _lay_out_commit(submission: Submission, assignment: Assignment, target: Path, slips: Slips) -> list[str]:
    target.mkdir(parents=True, exist_ok=True)
    repository = History.at(submission.place)
    if repository is None or not repository.whole:
        return ["nothing was graded: the repository is not a whole one, it borrows from elsewhere"]
    if submission.commit is None and (repository.folder / "reftable").exists():
        raise ClassroomError(
            f"The repository {submission.place} keeps its branches in a way that is not read here: run "
            "git refs migrate --ref-format=files in it."
        )
    if submission.commit is None:
        return [nothing_note(repository)]
    unpacked = target.with_name(target.name + "-whole")
    try:
        notes = unpack(repository, submission.commit, unpacked, assignment.limits.size_mb * MEGABYTE)
        return notes + _copy(unpacked, assignment, target, slips, pushed=True)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def look(assignment: Assignment) -> list[str]:
    """Notes about what looks wrong in a week's own folder, where it is checked in place."""
    slips = Slips(assignment, graded=False)
    home = assignment.folder
    for path, name in itertools.islice(_files(home, assignment.student_files), FILES):
        about = path.lstat()
        if stat.S_ISREG(about.st_mode) and about.st_size <= assignment.limits.size_mb * MEGABYTE:
            with contextlib.suppress(OSError):
                slips.see(name, path.read_bytes())
        else:
            slips.leave(name, LINK if stat.S_ISLNK(about.st_mode) else "it is too large")
    found = slips.told(home, pushed="GITHUB_ACTIONS" in os.environ)
    return [*_repositories_within(assignment), *found, *shortened([*slips.left_out.values()], NOTES)]


def _repositories_within(assignment: Assignment) -> list[str]:
    """A sentence for each part that is a repository of its own, where the week is in one, too."""
    home = assignment.folder
    if not any((folder / ".git").exists() for folder in (home, *home.parents)):
        return []
    tops = [home / part for part in assignment.student_files]
    folders = [folder for top in tops for folder in (top, *top.glob("*/")) if (folder / ".git").exists()]
    return [nested(folder.relative_to(home).as_posix()) for folder in folders]


def _copy(place: Path, assignment: Assignment, target: Path, slips: Slips, *, pushed: bool) -> list[str]:
    home, notes = _home(place, assignment)
    target.mkdir(parents=True, exist_ok=True)
    limit = assignment.limits.size_mb * MEGABYTE
    used = 0
    for count, (path, name) in enumerate(_files(home, assignment.student_files)):
        if count >= FILES:
            notes.append(f"{one_line(name)[:200]} and what follows was left out: more than {FILES} files")
            slips.complete = False
            break
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            slips.leave(name, LINK if stat.S_ISLNK(about.st_mode) else "it is no ordinary file")
        elif used + about.st_size > limit:
            most = assignment.limits.size_mb
            slips.leave(name, f"{about.st_size / MEGABYTE:.0f} MB, the limit is {most} MB in all")
        elif len(os.fsencode(name)) > LONGEST:
            slips.leave(name, "its path is too long")
        else:
            used += about.st_size
            try:
                data = path.read_bytes()
            except PermissionError:
                slips.leave(name, "it cannot be read")
                continue
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(data)
            slips.see(name, data)
    return [*slips.told(home, pushed=pushed), *notes, *shortened([*slips.left_out.values()], NOTES)]


def _home(place: Path, assignment: Assignment) -> tuple[Path, list[str]]:
    """The folder in which the week lies: the submission itself, or one level down."""

    def holds(folder: Path) -> bool:
        return any((folder / part).is_dir() for part in assignment.student_files)

    if holds(place):
        return place, []
    below = [path for path in sorted(place.iterdir()) if path.is_dir() and not path.is_symlink() and holds(path)]
    week = re.match(r"week\d+", assignment.name)
    named = [path for path in below if week and re.match(rf"{week[0]}(?!\d)", path.name)]
    chosen = named or ([] if any(re.match(r"week\d", path.name) for path in below) else below)
    if len(chosen) == 1:
        return chosen[0], [f"the week was found one level down, in {one_line(chosen[0].name)}/"]
    return place, []


def _files(home: Path, parts: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Every file of the student's parts (folders or single files), by its path; links to folders are told as what they are."""
    for part in parts:
        if (home / part).is_symlink() or (home / part).is_file():
            yield home / part, part
            continue
        for folder, below, files in os.walk(home / part):
            below[:] = sorted(name for name in below if name not in LEFT_ALONE and not _is_environment(folder, name))
            if Path(folder).relative_to(home).parts[DEEPEST:]:
                # os.walk goes down by calling itself, and what is this deep was made to end it.
                yield from ((Path(folder, name), Path(folder, name).relative_to(home).as_posix()) for name in below)
                below.clear()
            linked = [name for name in below if Path(folder, name).is_symlink()]
            for name in sorted([*files, *linked]):
                path = Path(folder, name)
                if path.suffix != ".pyc":
                    yield path, path.relative_to(home).as_posix()


def _is_environment(folder: str, name: str) -> bool:
    """Whether a folder is a virtual environment under a name of its own."""
    return not Path(folder, name).is_symlink() and os.path.lexists(Path(folder, name, ENVIRONMENT))
