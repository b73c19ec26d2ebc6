"""Parcels: what a worker needs of a week or of a push, as one piece of bytes in the database."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.branches import MAX_COMPARED
from classroom.core.errors import ClassroomError
from classroom.core.git import BRANCH
from classroom.core.git_history import HEADS, History
from classroom.core.scratch import ScratchDir
from classroom.core.tar_entry import entry_path
from classroom.instructor.classrooms.copied import copy_record
from classroom.instructor.classrooms.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 32_000_000  # of a repository that is passed on


class TooLarge(ClassroomError):
    """A repository is too large to be sent through the database."""


def pack_week(folder: Path) -> bytes:
    """Return a week as it was handed out, without its history."""
    return _tar(folder, (path for path in sorted(folder.iterdir()) if path.name != ".git"))


def pack_push(path: Path, commit: str) -> bytes:
    """Return a bare repository with what grading reads: the commit, the other branches, and the record of the pushes.

    Raises:
        TooLarge: it must be graded where it is.
        ClassroomError: the repository cannot be read.
    """
    repository, history = Repository(path), History.at(path)
    if history is None:
        raise ClassroomError(f"{path} is not a repository.")
    if _size(path / "objects") > MAX_BYTES:
        raise TooLarge(f"{path} is larger than {MAX_BYTES // 1_000_000} MB.")
    with ScratchDir("parcel") as scratch:
        others = itertools.islice(history.others().values(), MAX_COMPARED)
        repository.pack([commit, *others], scratch / "repository" / "objects" / "pack")
        head = scratch / "repository" / HEADS / BRANCH
        head.parent.mkdir(parents=True)
        head.write_text(f"{commit}\n", encoding="ascii")
        (scratch / "repository" / "HEAD").write_text(f"ref: {HEADS}{BRANCH}\n", encoding="ascii")
        copy_record(repository, scratch / "repository")
        return _tar(scratch / "repository", sorted((scratch / "repository").iterdir()))


def _size(folder: Path) -> int:
    """Return the size of all files in a folder; what a push that is being received removes in between does not count."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                size += Path(place, name).lstat().st_size
    return size


def _tar(folder: Path, paths: Iterable[Path]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=1) as archive:
        for path in paths:
            archive.add(path, path.relative_to(folder).as_posix())
    return data.getvalue()


def unpack(parcel: bytes, folder: Path) -> None:
    """Write the files of a parcel into a new folder; none of them can be written anywhere else.

    Raises:
        ClassroomError: it is not a parcel.
    """
    folder.mkdir(parents=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(parcel)) as archive:
            for entry in archive:
                _write(archive, entry, folder)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise ClassroomError(f"A job from the classroom cannot be unpacked: {error}") from None


def _write(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    target = entry_path(entry, folder)
    if entry.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    source = archive.extractfile(entry)
    assert source is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        shutil.copyfileobj(source, file)
    target.chmod(entry.mode & 0o777 | 0o600)
