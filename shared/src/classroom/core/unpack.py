"""Unpack a commit into a folder, within limits and without touching anything outside it."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.slips import NEVER_GRADED, ignored_note
from classroom.core.text import one_line

if TYPE_CHECKING:
    import tarfile

    from classroom.core.git_history import History

MEGABYTE = 1_000_000
MAX_FILES = 5_000
MAX_NOTES = 20  # about ignored files
MAX_UNPACKED = 500 * MEGABYTE
MAX_PATH = 1_000  # bytes
LINK_TARGET = "classroom-link"  # of every unpacked link; it does not exist


def unpack(repository: History, commit: str, folder: Path, limit: int) -> list[str]:
    """Write the files of a commit into a new folder; a file larger than `limit` bytes is ignored.

    Returns:
        Notes about what was ignored.

    Raises:
        ClassroomError: the commit cannot be read.
    """
    import tarfile

    folder.mkdir(parents=True)
    try:
        with repository.archive(commit) as archive, tarfile.open(fileobj=archive.stdout, mode="r|") as tar:
            return _extract(tar, folder, limit)
    except (tarfile.TarError, OSError) as error:
        raise ClassroomError(f"The repository {repository.folder} cannot be read at {commit}: {error}.") from None


def _extract(tar: tarfile.TarFile, folder: Path, limit: int) -> list[str]:
    """Write the files of an archive until there are too many; skip folders that are never graded."""
    notes: list[str] = []
    size = skipped = 0
    for count, member in enumerate(tar):
        parts = member.name.split("/")
        if ignored_at := [at for at, part in enumerate(parts, start=1) if part in NEVER_GRADED]:
            # A virtual environment is larger than everything that is graded, and its files may come before app/.
            skipped += member.size
            note = ignored_note("/".join(parts[: ignored_at[0]]))
            if skipped <= 4 * MAX_UNPACKED:
                if "__pycache__" not in parts and note not in notes and len(notes) < MAX_NOTES:
                    notes.append(note)
                continue
        size += member.size
        if max(size, skipped / 4) > MAX_UNPACKED or count > 10 * MAX_FILES:
            return [
                *notes,
                f"the repository is too large: {one_line(member.name)[:200]} and all files after it were ignored",
            ]
        if member.size > limit or len(os.fsencode(member.name)) > MAX_PATH:
            if len(notes) < MAX_NOTES:
                notes.append(f"{one_line(member.name)[:200]} was ignored: {_reason(member, limit)}")
        elif not Path(member.name).anchor and ".." not in parts:
            with contextlib.suppress(
                FileExistsError, NotADirectoryError
            ):  # of two entries with the same name the first counts
                _write(tar, member, folder / member.name)
    return notes


def _reason(member: tarfile.TarInfo, limit: int) -> str:
    if member.size > limit:
        return f"{member.size / MEGABYTE:.0f} MB, the limit is {limit / MEGABYTE:.0f} MB"
    return "its path is too long"


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    """Write one file, folder or link.

    tarfile's own filter is not used: it exists only since Python 3.11.4, and until 2025 it mishandled links to links.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path):
        return
    if member.isdir():
        path.mkdir()
    elif member.issym():
        # A link is reported and never followed; anything written through it stays in the same folder.
        with contextlib.suppress(OSError):  # creating links needs a permission on Windows
            path.symlink_to(LINK_TARGET)
    elif source := tar.extractfile(member) if member.isreg() else None:
        with source, path.open("wb") as file:
            shutil.copyfileobj(source, file)
