"""Write several files of a course together: all of them or none, even if the command is killed."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from classroom.core.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROOM = ".classroom"  # in the course's folder; git ignores it
PREPARED, READY, LOCK = "new.part", "new", "new.lock"
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
    """
    prepared = top / ROOM / PREPARED
    try:
        for name, text in files.items():
            path = prepared / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
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
    """Move files into place that are ready."""
    ready = top / ROOM / READY
    if ready.is_dir():
        _move(ready, top)


def _move(source: Path, target: Path) -> None:
    """Move a file, a folder that does not exist yet, or the contents of one that does."""
    if not target.is_dir():
        source.replace(target)
        return
    for path in sorted(source.iterdir()):
        _move(path, target / path.name)
    source.rmdir()
