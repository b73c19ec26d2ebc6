"""A git repository, copied while someone pushes to it: each push is in the copy as a whole, or not at all.

git writes the objects of a push first, then the branch; then the hook writes the receipt. So this reads in the other
order: the receipts, the branches, and the objects at last.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.core.git import BRANCH
from classroom.core.git_history import HEADS
from classroom.core.load import under_load
from classroom.core.receipts import RECEIVED
from classroom.instructor.backup.files import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.instructor.backup.files import FileCopier

OBJECTS, REFS, PACKED = "objects", "refs", "packed-refs"
PACKS, UNFINISHED = "pack", "tmp_"  # below the objects
RECEIPT_WORDS = 3
Records = dict[Path, tuple[bytes, int, float]]  # content, mode and time of each file
NOTHING = b"", 0, 0.0
SETTLE_SECONDS, PAUSE = 2, 0.02  # between a branch and its receipt are a few milliseconds
MAX_PASSES = 50


def is_repository(folder: Path) -> bool:
    """Return whether a folder is a bare repository, or the `.git` of one with files."""
    return (folder / OBJECTS).is_dir() and (folder / "HEAD").is_file()


def add_repository(copier: FileCopier, folder: Path, name: str) -> None:
    """Add the content of a repository to an archive.

    Raises:
        CouldNotCheck: it is being changed all the time.
    """
    records = _settled(folder)
    for path, record in records.items():
        copier.archive.add_bytes(_name(path, folder, name), *record)
    for path in _below(folder, without=OBJECTS):
        if path not in records and not copier.add_folder(path, _name(path, folder, name)):
            copier.add(path, _name(path, folder, name))
    _add_objects(copier, folder, name)


def _settled(folder: Path) -> Records:
    """Return receipts and branches at a moment at which they agree, or if they stay apart.

    They do where a hook was killed: it has left a branch without a receipt, which is then the truth.
    """
    seen, since = None, 0.0
    while True:
        records = _records(folder)
        receipt, tip = _last_receipt(records.get(folder / RECEIVED, NOTHING)[0]), _tip(records, folder)
        if receipt in (None, tip):
            return records
        if seen != (receipt, tip):
            seen, since = (receipt, tip), time.monotonic()
        elif time.monotonic() > since + under_load(SETTLE_SECONDS):
            return records
        time.sleep(PAUSE)


def _records(folder: Path) -> Records:
    # A branch may move from a file of its own to the packed ones in between, so these are read last.
    paths = [folder / RECEIVED, *_below(folder / REFS), folder / PACKED]
    found = {}
    for path in paths:
        if path.is_file() and not path.is_symlink():
            with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
                status = os.fstat(file.fileno())
                found[path] = file.read(), status.st_mode, status.st_mtime
    return found


def _last_receipt(text: bytes) -> bytes | None:
    lines = (line.split() for line in reversed(text.splitlines()))
    branch = f"{HEADS}{BRANCH}".encode()
    return next(
        (line[2] for line in lines if len(line) == RECEIPT_WORDS and line[1] == branch and set(line[2]) != {ord("0")}),
        None,
    )


def _tip(records: Records, folder: Path) -> bytes | None:
    if own := records.get(folder / REFS / "heads" / BRANCH):
        return own[0].strip()
    branch = f"{HEADS}{BRANCH}".encode()
    lines = (line.split() for line in records.get(folder / PACKED, NOTHING)[0].splitlines())
    return next((line[0] for line in lines if line[1:] == [branch]), None)


def _add_objects(copier: FileCopier, folder: Path, name: str) -> None:
    """Add all objects; git may replace single ones by packs in the meantime, which are therefore listed last."""
    objects, added = folder / OBJECTS, set[Path]()
    for _ in range(MAX_PASSES):
        single = [path for path in entries(objects) if path.name != PACKS and not path.name.startswith(UNFINISHED)]
        listed = [path for part in single for path in (part, *_below(part))]
        listed += [objects / PACKS, *_below(objects / PACKS)]
        gone = False
        for path in listed:
            if path in added or path.name.startswith(UNFINISHED):
                continue
            here = copier.add_folder(path, _name(path, folder, name)) or copier.add(path, _name(path, folder, name))
            gone = gone or not here
            if here:
                added.add(path)
        if not gone:
            return
    raise CouldNotCheck(f"{folder} keeps changing: try again.")


def _below(folder: Path, without: str = "") -> Iterator[Path]:
    """Return all folders and files below a folder; links are not followed."""
    for path in entries(folder):
        if path.name != without:
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from _below(path)


def _name(path: Path, folder: Path, name: str) -> str:
    return f"{name}/{path.relative_to(folder).as_posix()}"
