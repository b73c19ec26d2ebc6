"""Unpack a commit into a folder, within limits and without touching anything outside it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.inspection import NEVER_GRADED, ignored_note
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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
KIT, KIT_MARKER = "kit/", "kit/pyproject.toml"  # what a week is handed out with: hundreds of files, never graded
LINK_MODE = "120000"
LINK_TARGET = "classroom-link"  # of every unpacked link; it does not exist


@dataclass(frozen=True)
class Entry:
    """A file in a commit; `size` is in bytes."""

    mode: str
    object: str
    size: int
    path: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file: neither a link nor a repository within."""
        return self.mode.startswith("100")


def unpack(repository: History, commit: str, folder: Path, limit: int) -> list[str]:
    """Write the files of a commit into a new folder; a file larger than `limit` bytes is ignored.

    The tree is read once, within a budget, and then no more than the files in it: what a commit unpacks to may be more
    than any machine holds.

    Returns:
        Notes about what was ignored.

    Raises:
        ClassroomError: the commit cannot be read.
    """
    folder.mkdir(parents=True)
    try:
        with repository.listing(commit) as listing:
            entries, beyond = _within_budget(listing.stream)
            if beyond is None:
                listing.ensure_complete()
        wanted, notes = _choose(entries, limit)
        files = [entry for entry in wanted if entry.is_file]
        with repository.contents(entry.object for entry in files) as contents:
            for entry in wanted:
                _write(entry, contents.stream, folder / entry.path)
            contents.ensure_complete()
    except (OSError, ClassroomError) as error:
        reason = str(error).removesuffix(".")
        raise ClassroomError(f"The repository {repository.folder} cannot be read at {commit}: {reason}.") from None
    return notes if beyond is None else [*notes, _too_large(beyond)]


def _within_budget(stream: IO[bytes]) -> tuple[list[Entry], str | None]:
    """Return the files of a commit, and the path of the first that exceeds the limits, None if none does."""
    entries: list[Entry] = []
    size = count = ignored_size = ignored_count = listed = 0
    for line in _records(stream):
        head, _, name = line.partition(b"\t")
        path = name.decode("utf-8", "surrogateescape")
        mode, kind, found, length = (head.decode("ascii", "replace").split() + [""] * 4)[:4]
        entry = Entry(mode, found, int(length) if length.isdigit() else 0, path)
        listed += len(line)
        if NEVER_GRADED.isdisjoint(path.split("/")):
            size, count = size + entry.size, count + 1
        else:
            ignored_size, ignored_count = ignored_size + entry.size, ignored_count + 1
        if (
            max(size, ignored_size / 4) > MAX_UNPACKED
            or max(count, ignored_count / 4) > MAX_LISTED
            or path.count("/") > MAX_LISTED_DEPTH
            or listed > MAX_LISTING
        ):
            return entries, path
        if kind != "tree":
            entries.append(entry)
    return entries, None


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


def _choose(entries: Sequence[Entry], limit: int) -> tuple[list[Entry], list[str]]:
    """Return the entries that are written, and notes about the others."""
    wanted: list[Entry] = []
    notes: list[str] = []
    kit = KIT if any(entry.path == KIT_MARKER for entry in entries) else None
    for entry in entries:
        if kit and entry.path.startswith(kit):
            continue
        parts = entry.path.split("/")
        if ignored_at := [at for at, part in enumerate(parts, start=1) if part in NEVER_GRADED]:
            # A virtual environment is larger than everything that is graded, and its files may come before app/.
            note = ignored_note("/".join(parts[: ignored_at[0]]))
            if "__pycache__" not in parts and note not in notes and len(notes) < MAX_NOTES:
                notes.append(note)
        elif entry.size > limit or len(os.fsencode(entry.path)) > MAX_PATH:
            if len(notes) < MAX_NOTES:
                notes.append(f"{one_line(entry.path)[:200]} was ignored: {_reason(entry, limit)}")
        elif not Path(entry.path).anchor and ".." not in parts:
            wanted.append(entry)
    return wanted, notes


def _reason(entry: Entry, limit: int) -> str:
    if entry.size > limit:
        return f"{entry.size / MEGABYTE:.0f} MB, the limit is {limit / MEGABYTE:.0f} MB"
    return "its path is too long"


def _write(entry: Entry, contents: IO[bytes], path: Path) -> None:
    """Write one file, whose content comes next, or what stands for a link or a repository within."""
    data = _next_content(contents, entry) if entry.is_file else b""
    # Of two entries with the same name the first counts; creating links needs a permission on Windows.
    with contextlib.suppress(FileExistsError, NotADirectoryError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(path):
            return
        if entry.is_file:
            path.write_bytes(data)
        elif entry.mode == LINK_MODE:
            # A link is reported and never followed; anything written through it stays in the same folder.
            with contextlib.suppress(OSError):
                path.symlink_to(LINK_TARGET)
        else:
            path.mkdir()


def _next_content(contents: IO[bytes], entry: Entry) -> bytes:
    """Read the content of the next object.

    Raises:
        ClassroomError: it is missing, or is not what the tree says.
    """
    if contents.readline().split() != [entry.object.encode(), b"blob", str(entry.size).encode()]:
        raise ClassroomError(f"the content of {one_line(entry.path)[:200]} is missing")
    data = contents.read(entry.size)
    if len(data) != entry.size or contents.read(1) != b"\n":
        raise ClassroomError(f"the content of {one_line(entry.path)[:200]} is incomplete")
    return data
