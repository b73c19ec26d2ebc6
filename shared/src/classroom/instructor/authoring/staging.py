"""Write several files of a course together: all of them or none, even if the command is killed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROOM = ".classroom"  # in the course's folder; git ignores it
PREPARED, READY, LOCK = "new.part", "new", "new.lock"
FILES, BEFORE = "files", "before.json"  # in a prepared folder: the new files, and what was in their places
LOCK_SECONDS = 30


@contextlib.contextmanager
def alone(top: Path) -> Iterator[None]:
    """Keep other commands of authors out of a course; first finish one that was killed while it wrote.

    Raises:
        CouldNotCheck: another one does not end.
    """
    (top / ROOM).mkdir(exist_ok=True)
    lock = Lock(top / ROOM / LOCK)
    try:
        lock.own(LOCK_SECONDS)
        shutil.rmtree(top / ROOM / PREPARED, ignore_errors=True)
        _finish(top)
        yield
    finally:
        lock.close()


def write_together(top: Path, files: Mapping[str, str]) -> None:
    """Write files, by their path in the course, within `alone`.

    They are first written to a folder of their own. Renaming it decides: before, nothing has changed; after, the files
    are moved into place, by the next command if this one is killed.

    Raises:
        UsageError: a file cannot be moved into place.
    """
    prepared = top / ROOM / PREPARED
    try:
        for name, text in files.items():
            path = prepared / FILES / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        before = {name: _digest(top / name) for name in files}
        (prepared / BEFORE).write_text(json.dumps(before), encoding="utf-8")
        prepared.rename(top / ROOM / READY)
    except BaseException:
        shutil.rmtree(prepared, ignore_errors=True)
        raise
    try:
        _finish(top)
    except KeyboardInterrupt:
        _finish(top)
        raise


def _finish(top: Path) -> None:
    """Move files into place that are ready, unless someone has changed one in the meantime.

    Raises:
        UsageError: a file has changed, or cannot be moved.
    """
    ready = top / ROOM / READY
    if not ready.is_dir():
        return
    try:
        before = json.loads((ready / BEFORE).read_text(encoding="utf-8"))
        left = [name for name in before if (ready / FILES / name).is_file()]
        for name in left:
            if _digest(top / name) != before[name]:
                raise UsageError(
                    f"{top / name} has changed since `classroom new` was interrupted. What that command wrote is in"
                    f" {ready / FILES}: copy what you need from there, then remove {ready}."
                )
        for name in left:
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            _move(ready / FILES / name, top / name)
        ready.rename(top / ROOM / PREPARED)  # at once, so that a kill leaves no half of it
    except OSError as error:
        raise UsageError(
            f"Not every file of {ready} is in place: {error.strerror}: {error.filename}. Fix this and run the command"
            " again."
        ) from None
    shutil.rmtree(top / ROOM / PREPARED, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    source.replace(target)


def _digest(path: Path) -> str | None:
    """Return a hash of a file; None if it does not exist."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
