"""The names of the databases that `run` keeps: every copy of an assignment on this computer has its own."""

from __future__ import annotations

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

OWNERS = "owners"  # a file for each name, with the folder that uses its database
SECONDS = 60


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
    """Return the assignment's name, with a number in front of it for a further copy.

    A name belongs to a folder as long as that is there. Then the next copy takes it, with the database: so a folder that
    was moved keeps its own, and copies that come and go leave few.
    """
    folder = str(assignment.folder)
    owners = make_folder(provisioners_folder() / OWNERS)
    with owned(owners / "lock", SECONDS):
        taken: list[str] = []
        while owner := _owner(owners / f"{assignment.name}.{len(taken)}"):
            taken.append(owner)
        mine = taken.index(folder) if folder in taken else None
        free = (number for number, owner in enumerate(taken) if not (Path(owner) / FILE).is_file())
        number = mine if mine is not None else next(free, len(taken))
        if mine is None:
            write_atomic(owners / f"{assignment.name}.{number}", folder)
    return f"{number + 1}-{assignment.name}" if number else assignment.name


def _owner(file: Path) -> str:
    """Return the folder that a name belongs to; nothing if it is free."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
