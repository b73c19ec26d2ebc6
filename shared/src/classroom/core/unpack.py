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
    from collections.abc import Iterator
    from typing import IO

    from classroom.core.git_history import History

MEGABYTE = 1_000_000
MAX_FILES = 5_000
MAX_NOTES = 20  # about ignored files
MAX_UNPACKED = 500 * MEGABYTE
MAX_PATH = 1_000  # bytes
# Of a whole commit, before anything is unpacked. What is never graded may be four times as much.
MAX_LISTED = 4 * MAX_FILES  # files and folders
MAX_LISTED_DEPTH = 200  # nested folders
MAX_LISTING = 50 * MEGABYTE  # of the list itself
CHUNK = 1 << 16
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
        with repository.listing(commit) as listing:
            files, beyond = _within_budget(listing.stream)
            if beyond is None:
                listing.ensure_complete()
        notes = [] if beyond is None else [_too_large(beyond)]
        if not files and beyond is not None:
            return notes
        with repository.archive(commit) as archive, tarfile.open(fileobj=archive.stream, mode="r|") as tar:
            found = _extract(tar, folder, limit, files)
            if beyond is None:
                archive.ensure_complete()
            return [*found, *notes]
    except (tarfile.TarError, OSError, ClassroomError) as error:
        reason = str(error).removesuffix(".")
        raise ClassroomError(f"The repository {repository.folder} cannot be read at {commit}: {reason}.") from None


def _within_budget(stream: IO[bytes]) -> tuple[int, str | None]:
    """Return how many of a commit's files are unpacked, and the path of what exceeds the limits, None if nothing does."""
    files = 0
    size = count = ignored_size = ignored_count = listed = 0
    for line in _records(stream):
        head, _, name = line.partition(b"\t")
        path = name.decode("utf-8", "surrogateescape")
        kind, length = (head.split()[index] for index in (1, 3)) if len(head.split()) > 3 else (b"", b"")  # noqa: PLR2004
        bytes_of = int(length) if length.isdigit() else 0
        listed += len(line)
        if NEVER_GRADED.isdisjoint(path.split("/")):
            size, count = size + bytes_of, count + 1
        else:
            ignored_size, ignored_count = ignored_size + bytes_of, ignored_count + 1
        if (
            max(size, ignored_size / 4) > MAX_UNPACKED
            or max(count, ignored_count / 4) > MAX_LISTED
            or path.count("/") > MAX_LISTED_DEPTH
            or listed > MAX_LISTING
        ):
            return files, path
        files += kind == b"blob"
    return files, None


def _records(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what is between zero bytes, and what is left over if it is longer than a list may be."""
    rest = b""
    while chunk := stream.read(CHUNK):
        *records, rest = (rest + chunk).split(b"\0")
        yield from records
        if len(rest) > 16 * CHUNK:
            yield rest + bytes(MAX_LISTING)
            return


def _too_large(path: str) -> str:
    return f"the repository is too large: {one_line(path)[:200]} and all files after it were ignored"


def _extract(tar: tarfile.TarFile, folder: Path, limit: int, files: int) -> list[str]:
    """Write the first `files` files of an archive; skip folders that are never graded."""
    notes: list[str] = []
    for member in tar:
        if not member.isdir() and (files := files - 1) < 0:
            break
        parts = member.name.split("/")
        if ignored_at := [at for at, part in enumerate(parts, start=1) if part in NEVER_GRADED]:
            # A virtual environment is larger than everything that is graded, and its files may come before app/.
            note = ignored_note("/".join(parts[: ignored_at[0]]))
            if "__pycache__" not in parts and note not in notes and len(notes) < MAX_NOTES:
                notes.append(note)
        elif member.size > limit or len(os.fsencode(member.name)) > MAX_PATH:
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
