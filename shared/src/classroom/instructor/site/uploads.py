"""Uploaded files, one by one or in a ZIP, read within limits on their number, depth and unpacked size."""

from __future__ import annotations

import contextlib
import lzma
import stat
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from classroom.core.inspection import ARCHIVE
from classroom.core.text import one_line
from classroom.core.unpack import MEGABYTE
from classroom.instructor.site.extras import placed_with_extras
from classroom.instructor.site.file_names import NotAccepted, ensure_distinct, is_litter, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from zipfile import ZipInfo

    from classroom.core.assignment import Assignment

    Uploaded = tuple[str, IO[bytes]]
    Opener = Callable[[], IO[bytes]]

MAX_FILES = 1000
MAX_ENTRIES = 5000  # of a ZIP; what is never graded is among them
MAX_SHOWN = 10
ENTRY = b"PK\x01\x02"  # begins each line of a ZIP's table of contents
ENCRYPTED = 1  # bit of a ZIP's entry
NOTHING = "Choose your files first, or a ZIP of them."
ONE_ZIP = "Send just one ZIP, or the files themselves."
NO_ZIP = "{name} is not a readable ZIP file. Create it again, or send the files themselves."
ONLY_ZIP = "{name} cannot be unpacked here. Make a ZIP, or send the files themselves."
LOCKED = "{name} has a password. Make the ZIP again without one."
PACKED = "{name} is packed in a way that not every computer can unpack. Make the ZIP again, with the usual settings."
LINK = "{name} is a link. Put the real file or folder in its place."
ODD = "{name} is not a regular file. Leave it out."
TOO_MANY = "There are more than {most} files. Send only this week's files, without a virtual environment."
TOO_LARGE = "These files are larger than {most} MB in total. Leave out what your app does not need."
NOT_OURS = "Your upload contains nothing from {parts}. Choose that folder, or a ZIP of it."


@dataclass(frozen=True)
class HandedFiles:
    """What someone hands in: the content of each file by its path in the week, and the names of those left out."""

    files: dict[str, bytes]
    left_out: tuple[str, ...]


def handed_files(
    uploaded: Sequence[Uploaded], week: Assignment, extras: Mapping[str, Assignment] | None = None, chosen: str = ""
) -> HandedFiles:
    """Return the files of a week and of its extras that someone has uploaded.

    Args:
        uploaded: the files, each with its name.
        week: the week.
        extras: its extras, by name.
        chosen: the extra that all files are for; empty for the week, or where their folders say so.

    Raises:
        NotAccepted: there are none, or they exceed a limit; the message is for the person.
    """
    archives = [name for name, _ in uploaded if ARCHIVE.search(name)]
    if not uploaded:
        raise NotAccepted(NOTHING)
    if archives and len(uploaded) > 1:
        raise NotAccepted(ONE_ZIP)
    if archives and not archives[0].lower().endswith(".zip"):
        raise NotAccepted(ONLY_ZIP.format(name=_shown(archives[0])))
    with _unpacked(*uploaded[0]) if archives else contextlib.nullcontext(_plain(uploaded)) as found:
        return _read(found, week, extras or {}, chosen)


def _plain(uploaded: Sequence[Uploaded]) -> list[tuple[str, Opener]]:
    return [(name, lambda file=file: contextlib.nullcontext(file)) for name, file in uploaded]  # type: ignore[misc]


def _read(
    found: list[tuple[str, Opener]], week: Assignment, extras: Mapping[str, Assignment], chosen: str
) -> HandedFiles:
    named = [(parts, opener) for name, opener in found if not is_litter(parts := parts_of(name))]
    where = placed_with_extras([parts for parts, _ in named], week, extras, chosen)
    wanted = [(path, opener) for parts, opener in named if (path := where[parts])]
    if not wanted:
        wanted_parts = (extras[chosen] if chosen else week).student_files
        raise NotAccepted(NOT_OURS.format(parts=" or ".join(wanted_parts)))
    if len(wanted) > MAX_FILES:
        raise NotAccepted(TOO_MANY.format(most=MAX_FILES))
    ensure_distinct([path for path, _ in wanted])
    left, files = week.limits.size_mb * MEGABYTE, {}
    for path, opener in wanted:
        with opener() as stream:
            files[path] = stream.read(left + 1)
        left -= len(files[path])
        if left < 0:
            raise NotAccepted(TOO_LARGE.format(most=week.limits.size_mb))
    left_out = sorted("/".join(parts) for parts in where if not where[parts] and not _is_handed_out(parts, week))
    return HandedFiles(files, tuple(left_out))


def _is_handed_out(parts: tuple[str, ...], week: Assignment) -> bool:
    """Return whether a file is one of the course, such as the README in a ZIP of the whole week."""
    return any(week.folder.joinpath(*parts[at:]).is_file() for at in range(len(parts)))


@contextlib.contextmanager
def _unpacked(name: str, file: IO[bytes]) -> Iterator[list[tuple[str, Opener]]]:
    """Yield the files in a ZIP; none of it is written to disk."""
    # The table of contents is read as a whole: a ZIP can be small and have half a million lines.
    if file.read().count(ENTRY) > MAX_ENTRIES:
        raise NotAccepted(TOO_MANY.format(most=MAX_FILES))
    try:
        with ZipFile(file) as archive:
            entries = _entries(archive)
            yield [(inside, lambda entry=entry: archive.open(entry)) for inside, entry in entries]  # type: ignore[misc]
    except (BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError, OverflowError, OSError):
        raise NotAccepted(NO_ZIP.format(name=_shown(name))) from None


def _entries(archive: ZipFile) -> list[tuple[str, ZipInfo]]:
    """Return the files in a ZIP with their names, each of which can be read at once."""
    if not all(entry.filename for entry in archive.infolist()):
        raise BadZipFile
    # Compress-Archive of Windows PowerShell writes `app\\main.py`, and tar of Windows `./app/main.py`.
    named = [(entry.filename.replace("\\", "/").removeprefix("./"), entry) for entry in archive.infolist()]
    files = [(name, entry) for name, entry in named if name and not name.endswith("/")]
    for _, entry in files:
        _ensure_plain(entry)
    return files


def _ensure_plain(entry: ZipInfo) -> None:
    """Raise NotAccepted if an entry of a ZIP is anything but a file that can be read at once."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.flag_bits & ENCRYPTED:
        problem = LOCKED
    elif kind == stat.S_IFLNK:
        problem = LINK
    elif kind not in (0, stat.S_IFREG):
        problem = ODD
    elif entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others may need gigabytes of memory
        problem = PACKED
    else:
        return
    raise NotAccepted(problem.format(name=_shown(entry.filename)))


def _shown(name: str) -> str:
    return one_line(name)[:200]
