"""Open folders: names are looked up in a handle, so that what is swapped while it is read leads nowhere else."""

from __future__ import annotations

import errno
import itertools
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Windows has no such handles; there a path is resolved before and after it is opened.
HANDLES = os.name == "posix" and {os.open, os.stat} <= os.supports_dir_fd and os.scandir in os.supports_fd
NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
FOLDER = NO_LINK | getattr(os, "O_DIRECTORY", 0)
# O_NONBLOCK: a pipe put in the place of a file must not block its reader.
FILE = NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
SWAPPED = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ESTALE}
REPARSE_POINT = getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0x400)  # links and junctions of Windows


def why_unreadable(error: OSError) -> str:
    """Return why a file or folder of a submission is not read, for a note."""
    return "it changed while it was being read" if error.errno in SWAPPED else "it cannot be read"


class OpenFolder:
    """A folder, as a context manager. No link in it is followed.

    Every method raises OSError where a name does not exist, is a link, or was replaced while it was read.

    Args:
        path: the folder; a link is followed only with `follow`.
        follow: whether `path` itself may be a link.
    """

    def __init__(self, path: Path, *, follow: bool = False, within: OpenFolder | None = None) -> None:
        self.path = path
        self.handle = -1
        self.real = os.path.realpath(path)
        if HANDLES:
            flags = FOLDER & ~os.O_NOFOLLOW if follow else FOLDER
            self.handle = os.open(path.name if within else path, flags, dir_fd=within.handle if within else None)
        elif not follow:
            _ensure(_is_plain(path.lstat(), stat.S_IFDIR))
            _ensure(within is None or os.path.dirname(self.real) == within.real)  # noqa: PTH120 - already a string

    def __enter__(self) -> OpenFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the handle; a second time does nothing."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    def folder(self, name: str) -> OpenFolder:
        """Open a folder in this one."""
        return OpenFolder(self.path / name, within=self)

    def lstat(self, name: str) -> os.stat_result:
        """Return the status of a name, of the link itself if it is one."""
        if HANDLES:
            return os.stat(name, dir_fd=self.handle, follow_symlinks=False)
        return (self.path / name).lstat()

    def holds(self, name: str, *kinds: int) -> bool:
        """Return whether a name exists, and is of one of these kinds (S_IFDIR and so on) if any are given."""
        try:
            kind = stat.S_IFMT(self.lstat(name).st_mode)
        except OSError:
            return False
        return not kinds or kind in kinds

    def entries(self, limit: int) -> list[tuple[str, bool]]:
        """Return the names in the folder, sorted, each with whether it is a folder; not more than `limit` of them."""
        with os.scandir(self.handle if HANDLES else self.path) as found:
            return sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in itertools.islice(found, limit))

    def read(self, name: str, size: int) -> bytes:
        """Return the content of a regular file, which must have this many bytes."""
        if HANDLES:
            handle = os.open(name, os.O_RDONLY | FILE, dir_fd=self.handle)
        else:
            before = self.lstat(name)
            _ensure(_is_plain(before, stat.S_IFREG))
            handle = os.open(self.path / name, os.O_RDONLY | FILE)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            _ensure(stat.S_ISREG(status.st_mode))
            if not HANDLES:
                _ensure(os.path.samestat(before, status) and os.path.realpath(self.path) == self.real)
            data = file.read(size + 1)
        _ensure(len(data) == size)
        return data


def _ensure(unchanged: bool) -> None:
    if not unchanged:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))


def _is_plain(status: os.stat_result, kind: int) -> bool:
    """Return whether a status is of this kind, and not of a link or a junction."""
    return stat.S_IFMT(status.st_mode) == kind and not getattr(status, "st_file_attributes", 0) & REPARSE_POINT
