"""Why an app does not start, in the student's own terms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import find_all, read_app_files
from classroom.checks.causes.cause import error_cause
from classroom.core.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ABOUT_FILES = ("is encoded in UTF-16", "is a Git LFS pointer", "contains NUL bytes", "unresolved merge conflict")
NO_MAIN = "No module named 'app.main'"
NO_APP = "No module named 'app'"
SERVERS = re.compile(r"^(?:uvicorn\.run|app\.run|asyncio\.run|run)\(", re.MULTILINE)


def start_cause(reason: str, folder: Path, notes: Sequence[str]) -> str | None:
    """Return the cause of an app that does not start, or None if it is not known.

    Args:
        reason: what the process reported.
        folder: the submission.
        notes: what was noted about its files.
    """
    if found := _of_files(reason, notes):
        return sanitize(found)
    if "was not ready within" in reason and (server := _server(folder)):
        return server
    if has_no_app := re.search(r"AttributeError: (app/[\w/]+\.py has no `app`.*)", reason):
        return sanitize(has_no_app[1], 300)
    return error_cause(reason, folder)


def _of_files(reason: str, notes: Sequence[str]) -> str | None:
    """Return the note about a missing or unreadable file that explains the failure."""
    missing = NO_MAIN in reason or NO_APP in reason
    for note in notes:
        if any(text in note for text in ABOUT_FILES):
            return note
        if missing and ("app/main.py" in note or "separate repository" in note or "app/" in note):
            return f"There is no app/main.py: {note}"
    return "There is no app/main.py." if missing else None


def _server(folder: Path) -> str | None:
    """Return the line that starts a second server while the app is imported."""
    found = next(find_all(SERVERS, read_app_files(folder).texts), None)
    if found is None:
        return None
    call = found.match[0].rstrip("(")
    return (
        f"{found.place}: {call}(...) starts a server while the app is imported: "
        'delete it, or put it under `if __name__ == "__main__":`.'
    )
