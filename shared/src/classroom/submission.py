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

from classroom.errors import ClassroomError
from classroom.history import History, is_bare
from classroom.text import one_line

if TYPE_CHECKING:
    import tarfile
    from collections.abc import Iterator

    from classroom.assignment import Assignment

LEFT_ALONE = {"__pycache__", ".git", ".venv", "venv", "node_modules"}
MEGABYTE = 1_000_000
FILES = 5_000
NOTES = 50
UNPACKED = 500 * MEGABYTE
# For who writes into a repository that is somebody else's (`history` reads it): whose settings can name programs for git
# to run, by hooks, by a file system monitor, to verify a signature, and to fetch an object that is missing.
GIT_SETTINGS = (
    *("-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"),
    *("-c", "log.showSignature=false", "-c", "core.sshCommand=false", "-c", "protocol.allow=never"),
)
GIT_ENVIRONMENT = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
NOWHERE = "classroom-link"  # where an unpacked link leads
LONGEST, DEEPEST = 1_000, 50  # of a path, in bytes and in folders


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


def lay_out(submission: Submission, assignment: Assignment, target: Path) -> list[str]:
    """Copy the parts that are the student's into a fresh folder, beside the files that the course gives.

    Links, devices and what is over the size limit are not followed or copied.

    Returns:
        Notes about what was left out, or found elsewhere than expected.

    Raises:
        ClassroomError: the repository cannot be read.
    """
    for name in assignment.course_files:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(assignment.folder / name, target / name)
    if not submission.bare:
        return _copy(submission.place, assignment, target)
    unpacked = target.with_name(target.name + "-whole")
    try:
        notes = _unpack(submission, unpacked, assignment.limits.size_mb * MEGABYTE)
        return notes + _copy(unpacked, assignment, target)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def _unpack(submission: Submission, folder: Path, most: int) -> list[str]:
    folder.mkdir(parents=True)
    repository = History.at(submission.place)
    if repository is None or not repository.whole:
        return ["nothing was graded: the repository is not a whole one, it borrows from elsewhere"]
    if submission.commit is None and (repository.folder / "reftable").exists():
        raise ClassroomError(
            f"The repository {submission.place} keeps its branches in a way that is not read here: run "
            "git refs migrate --ref-format=files in it."
        )
    if submission.commit is None:
        return ["nothing was graded: the repository has no commit on the branch that its HEAD names"]
    import tarfile

    try:
        with repository.archive(submission.commit) as archive, tarfile.open(fileobj=archive.stdout, mode="r|") as tar:
            return _extract(tar, folder, most)
    except (tarfile.TarError, OSError) as error:
        raise ClassroomError(
            f"The repository {submission.place} cannot be read at {submission.commit}: {error}."
        ) from None


def _extract(tar: tarfile.TarFile, folder: Path, most: int) -> list[str]:
    """Write an archive's files, as they come, until there are too many; one that could never be graded is passed over."""
    notes: list[str] = []
    size = 0
    for count, member in enumerate(tar):
        size += member.size
        if size > UNPACKED or count > 10 * FILES:
            return [*notes, f"the repository is too large: what follows {one_line(member.name)[:200]} was left out"]
        if member.size > most or len(os.fsencode(member.name)) > LONGEST:
            if len(notes) < NOTES:
                notes.append(
                    f"{one_line(member.name)[:200]} was left out: {member.size / MEGABYTE:.0f} MB, or too long a path"
                )
        elif not Path(member.name).anchor and ".." not in Path(member.name).parts:
            with contextlib.suppress(FileExistsError, NotADirectoryError):  # of two with one name the first counts
                _write(tar, member, folder / member.name)
    return notes


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    """Write one file, folder or link.

    Not by tarfile's own filter: Python has it since 3.11.4 only, and until 2025 it lost its way in links that name links.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(place):
        return
    if member.isdir():
        place.mkdir()
    elif member.issym():
        # It is told and never followed; what is written through it stays in the same folder.
        with contextlib.suppress(OSError):  # not everybody may make links on Windows
            place.symlink_to(NOWHERE)
    elif source := tar.extractfile(member) if member.isreg() else None:
        with source, place.open("wb") as file:
            shutil.copyfileobj(source, file)


def _copy(place: Path, assignment: Assignment, target: Path) -> list[str]:
    home, notes = _home(place, assignment)
    target.mkdir(parents=True, exist_ok=True)
    limit = assignment.limits.size_mb * MEGABYTE
    used = 0
    for count, (path, name) in enumerate(_files(home, assignment.student_files)):
        shown = one_line(name)[:200]
        if count >= FILES:
            notes.append(f"{shown} and what follows was left out: more than {FILES} files")
            break
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            kind = "a link" if stat.S_ISLNK(about.st_mode) else "no ordinary file"
            notes.append(f"{shown} was left out: it is {kind}")
        elif used + about.st_size > limit:
            what = f"{about.st_size / MEGABYTE:.0f} MB, the limit is {assignment.limits.size_mb} MB in all"
            notes.append(f"{shown} was left out: {what}")
        elif len(os.fsencode(name)) > LONGEST:
            notes.append(f"{shown} was left out: its path is too long")
        else:
            used += about.st_size
            try:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(path.read_bytes())
            except PermissionError:
                notes.append(f"{shown} was left out: it cannot be read")
    return notes


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
            below[:] = sorted(name for name in below if name not in LEFT_ALONE)
            if Path(folder).relative_to(home).parts[DEEPEST:]:
                # os.walk goes down by calling itself, and what is this deep was made to end it.
                yield from ((Path(folder, name), Path(folder, name).relative_to(home).as_posix()) for name in below)
                below.clear()
            linked = [name for name in below if Path(folder, name).is_symlink()]
            for name in sorted([*files, *linked]):
                path = Path(folder, name)
                if path.suffix != ".pyc":
                    yield path, path.relative_to(home).as_posix()
