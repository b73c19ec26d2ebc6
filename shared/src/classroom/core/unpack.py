"""The files of a commit, written to a folder: nothing outside of it is touched, and nothing is written without bounds."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.slips import LEFT_ALONE, ignored
from classroom.core.text import one_line

if TYPE_CHECKING:
    import tarfile

    from classroom.core.git_history import History

MEGABYTE = 1_000_000
FILES = 5_000
NOTES = 20  # about what was left out
UNPACKED = 500 * MEGABYTE
LONGEST = 1_000  # of a path, in bytes
NOWHERE = "classroom-link"  # where an unpacked link leads


def unpack(repository: History, commit: str, folder: Path, most: int) -> list[str]:
    """Write a commit's files into a new folder; a file of more than `most` bytes is left out.

    Returns:
        Notes about what was left out.

    Raises:
        ClassroomError: the commit cannot be read.
    """
    import tarfile

    folder.mkdir(parents=True)
    try:
        with repository.archive(commit) as archive, tarfile.open(fileobj=archive.stdout, mode="r|") as tar:
            return _extract(tar, folder, most)
    except (tarfile.TarError, OSError) as error:
        raise ClassroomError(f"The repository {repository.folder} cannot be read at {commit}: {error}.") from None


def _extract(tar: tarfile.TarFile, folder: Path, most: int) -> list[str]:
    """Write an archive's files, as they come, until there are too many; one that could never be graded is passed over."""
    notes: list[str] = []
    size = passed = 0
    for count, member in enumerate(tar):
        parts = member.name.split("/")
        if idle := [at for at, part in enumerate(parts, start=1) if part in LEFT_ALONE]:
            # A virtual environment is larger than all that is ever graded, and often comes before app/.
            passed += member.size
            note = ignored("/".join(parts[: idle[0]]))
            if passed <= 4 * UNPACKED:
                if "__pycache__" not in parts and note not in notes and len(notes) < NOTES:
                    notes.append(note)
                continue
        size += member.size
        if max(size, passed / 4) > UNPACKED or count > 10 * FILES:
            return [*notes, f"the repository is too large: what follows {one_line(member.name)[:200]} was left out"]
        if member.size > most or len(os.fsencode(member.name)) > LONGEST:
            if len(notes) < NOTES:
                notes.append(
                    f"{one_line(member.name)[:200]} was left out: {member.size / MEGABYTE:.0f} MB, or too long a path"
                )
        elif not Path(member.name).anchor and ".." not in parts:
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
