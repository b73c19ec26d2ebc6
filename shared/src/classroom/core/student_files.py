"""The student's files of a submission, read one by one within limits on their number, depth and total size."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.inspection import ENVIRONMENT, NEVER_GRADED
from classroom.core.open_folder import OpenFolder, why_unreadable
from classroom.core.unpack import MAX_FILES, MAX_PATH, MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = "it is a link; hand in the real file or folder instead"
MAX_DEPTH = 50  # nested folders
MAX_ENTRIES = 10 * MAX_FILES  # names that are looked at, folders and compiled files included


@dataclass(frozen=True)
class StudentFile:
    """A file of a submission.

    Attributes:
        name: its path in the week's folder.
        kind: what it is, as S_IFREG and so on; 0 if unknown.
        size: bytes.
        data: its content; None if it is not graded.
        reason: why it is not graded.
    """

    name: str
    kind: int = 0
    size: int = 0
    data: bytes | None = None
    reason: str = ""


def student_files(home: OpenFolder, parts: tuple[str, ...], size_mb: int) -> Iterator[StudentFile]:
    """Yield every file of the student's parts, folders or single files; nothing is read that exceeds `size_mb` in total.

    A link, a folder that cannot be read and one that is nested too deep count as a file that is not graded.
    """
    used = 0
    for folder, name, path, known in _names(home, parts):
        kind = size = 0
        data = None
        try:
            status = folder.lstat(name)
            kind, size = stat.S_IFMT(status.st_mode), status.st_size
            reason = known or _why_not_graded(path, kind, size, used, size_mb)
            if not reason:
                data = folder.read(name, size)
                used += size
        except OSError as error:
            reason = known or why_unreadable(error)
        yield StudentFile(path, kind, size, data, reason)


def _why_not_graded(path: str, kind: int, size: int, used: int, size_mb: int) -> str:
    if kind != stat.S_IFREG:
        return LINK if kind == stat.S_IFLNK else "it is not a regular file"
    if used + size > size_mb * MEGABYTE:
        return f"{size / MEGABYTE:.0f} MB, the limit is {size_mb} MB in total"
    return "its path is too long" if len(os.fsencode(path)) > MAX_PATH else ""


Name = tuple[OpenFolder, str, str, str]  # a folder, a name in it, its path, and why it is not graded if that is known


@dataclass
class _Seen:
    """How many names have been looked at."""

    count: int = 0

    @property
    def left(self) -> int:
        """How many more may be."""
        return MAX_ENTRIES - self.count


def _names(home: OpenFolder, parts: tuple[str, ...]) -> Iterator[Name]:
    seen = _Seen()
    for part in parts:
        if home.holds(part, stat.S_IFDIR):
            yield from _below(home, part, part, seen, top=True)
        elif home.holds(part):
            yield home, part, part, ""


def _below(above: OpenFolder, name: str, path: str, seen: _Seen, *, top: bool = False) -> Iterator[Name]:
    """Yield the files of a folder, then the files of its subfolders."""
    if seen.left < 0:
        return
    try:
        folder = above.folder(name)
    except OSError as error:
        yield above, name, path, why_unreadable(error)
        return
    with folder:
        try:
            entries = folder.entries(seen.left + 1)
        except OSError as error:
            yield above, name, path, why_unreadable(error)
            return
        if not top and any(entry == ENVIRONMENT for entry, _ in entries):
            return
        seen.count += len(entries)
        if seen.left < 0:
            yield above, name, path, f"it is one of more than {MAX_ENTRIES} files and folders"
            return
        too_deep = path.count("/") >= MAX_DEPTH - 1
        for entry, is_folder in entries:
            if (not is_folder and not entry.endswith(".pyc")) or (too_deep and entry not in NEVER_GRADED):
                yield folder, entry, f"{path}/{entry}", ""
        for entry, is_folder in entries:
            if is_folder and not too_deep and entry not in NEVER_GRADED:
                yield from _below(folder, entry, f"{path}/{entry}", seen)
