"""The names of the databases that `run` keeps: every copy of an assignment on this computer has its own."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.assignment import FILE
from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.folders import make_folder
from classroom.core.locks import owned
from classroom.services.postgres.names import provisioners_folder

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment

OWNERS = "owners"  # a file for each assignment, with the folder that uses the database of its name
SECONDS = 60
DIGITS = 6  # of the name of a further copy's database


def kept_names(assignment: Assignment) -> dict[str, str]:
    """Return the name of the database of each app, or of the only one, which is called "app" here."""
    name = _own_name(assignment)
    return {app: f"{app}-{name}" for app in assignment.apps} or {"app": name}


def kept_name(assignment: Assignment, app: str | None = None) -> str:
    """Return the name of the database of one app, of the first one if it is None.

    Raises:
        UsageError: there is no such app.
    """
    names = kept_names(assignment)
    if app is not None and app not in assignment.apps:
        apps = " and ".join(assignment.apps)
        raise UsageError(
            f"{assignment.name} has no app {app}: " + (f"its apps are {apps}." if apps else "it is a single app.")
        )
    return names[app or next(iter(names))]


def _own_name(assignment: Assignment) -> str:
    """Return the assignment's name, or a name of its own for a further copy.

    The name belongs to the folder that used it first, as long as it is there: a folder that was moved keeps its database.
    """
    folder = str(assignment.folder)
    owners = make_folder(provisioners_folder() / OWNERS)
    file = owners / f"{assignment.name}.txt"
    with owned(owners / "lock", SECONDS):
        owner = ""
        with suppress(OSError, UnicodeDecodeError):
            owner = file.read_text(encoding="utf-8").strip()
        if owner in ("", folder) or not (Path(owner) / FILE).is_file():
            write_atomic(file, folder + "\n")
            return assignment.name
    return f"{hashlib.sha256(folder.encode()).hexdigest()[:DIGITS]}-{assignment.name}"
