"""The system that `run` has started, as another process finds it."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.ports import HOST, listens
from classroom.student.hints import STATE_DIR
from classroom.student.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.services.postgres.database import Database
    from classroom.student.local_system import LocalSystem

NOTE = "running.json"
CLOCK_SECONDS = 2.0  # by which two clocks of one machine may differ


@dataclass(frozen=True)
class RunningSystem:
    """What has to be known of a system in another process.

    Attributes:
        port: of its balancer.
        database: the one that it uses.
        records: the files in which its parts keep count.
        cache_url: the cache's address.
        transcode_log: the file in which its workers note their jobs.
    """

    port: int
    database: Database | None
    records: Records
    cache_url: str
    transcode_log: Path


@contextlib.contextmanager
def announced(system: LocalSystem, week: Path) -> Iterator[None]:
    """Leave a note about a system in the week's folder for as long as it runs, where the folder can be written."""
    note = week / STATE_DIR / NOTE
    found = {
        "process": os.getpid(),
        "port": system.ports.site,
        "records": str(system.records.folder),
        "cache": system.cache_url,
        "transcode_log": str(system.transcode_log),
    }
    with contextlib.suppress(OSError):
        write_atomic(note, json.dumps(found))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink()


def running_system(week: Path, database: Database | None = None) -> RunningSystem | None:
    """Return the system that `run` has started in a week's folder; None if none is running.

    Args:
        week: the folder.
        database: the one that `run` keeps for it.

    Raises:
        UsageError: it does not accept connections.
    """
    note = week / STATE_DIR / NOTE
    try:
        found = json.loads(note.read_text(encoding="utf-8"))
        port, process, records = int(found["port"]), int(found["process"]), Path(found["records"])
        system = RunningSystem(port, database, Records(records), found["cache"], Path(found["transcode_log"]))
        if not records.is_dir() or not _is_older(process, note.stat().st_mtime):
            return None  # left behind by a `run` that was killed
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not listens(port):
        raise UsageError(
            f"The site that `run` starts does not accept connections on port {port} yet: try again in a moment."
        )
    return system


def _is_older(process: int, moment: float) -> bool:
    """Return whether a process runs that began before this moment: its number may belong to another one by now."""
    try:
        return psutil.Process(process).create_time() <= moment + CLOCK_SECONDS
    except psutil.Error:
        return False


def address_of(port: int) -> str:
    """Return the address of a site."""
    return f"http://{HOST}:{port}"
