"""`uvicorn storage.main:app` starts the storage server with the settings of the environment."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.clock import Clock
from storage.server import Settings, create_app

if TYPE_CHECKING:
    from collections.abc import Callable


def journal_in(path: Path) -> Callable[[dict[str, Any]], None]:
    """Return a journal that writes a line of JSON for each request."""

    def write(entry: dict[str, Any]) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    return write


def from_environment(environment: dict[str, str]) -> dict[str, Any]:
    """Return the arguments of `create_app`.

    STORAGE_SECRET is required. STORAGE_FOLDER is the folder for the files, STORAGE_MAX_BYTES the largest size of one.
    STORAGE_CLOCK_FILE (seconds to be ahead) and STORAGE_JOURNAL (a log of requests) are for the course's own checks.
    """
    if "STORAGE_SECRET" not in environment:
        raise SystemExit("STORAGE_SECRET is not set: the storage server and the backends must share one.")
    settings = Settings(
        secret=environment["STORAGE_SECRET"],
        folder=Path(environment.get("STORAGE_FOLDER", "storage-files")),
        max_bytes=int(environment.get("STORAGE_MAX_BYTES", Settings.max_bytes)),
    )
    clock_file, journal = environment.get("STORAGE_CLOCK_FILE"), environment.get("STORAGE_JOURNAL")
    return {
        "settings": settings,
        "clock": Clock(Path(clock_file) if clock_file else None),
        "journal": journal_in(Path(journal)) if journal else None,
    }


app = create_app(**from_environment(dict(os.environ)))
