"""The folders of a course, by what people type: a week's number, the name of an extra exercise, or a path."""

from __future__ import annotations

import os
import re
from pathlib import Path

from classroom.core.assignment import EXTRA, FILE, course_top, weeks
from classroom.core.errors import UsageError


def extras(week: Path) -> dict[str, Path]:
    """Return the folders of a week's extra exercises, by name."""
    return {path.parent.name: path.parent for path in sorted((week / EXTRA).glob(f"*/{FILE}"))}


def assignment_folders(top: Path) -> list[Path]:
    """Return the folders of all weeks of a course, each followed by the folders of its extra exercises."""
    return [folder for week in weeks(top).values() for folder in (week, *extras(week).values())]


def find(week: str | None, start: Path | None = None) -> Path:
    """Return the folder of a week given by folder or number, or of an extra exercise given by name.

    For None it is the week or the extra that contains `start`.

    Raises:
        UsageError: there is no such week or extra.
    """
    here = (start or Path.cwd()).resolve()
    if week is None:
        for folder in (here, *here.parents):
            if (folder / FILE).is_file():
                return folder
        raise UsageError("Which week? Give its number or its folder, such as: classroom check 1")
    if re.fullmatch(r"\d+", week):
        return _by_number(int(week), here)
    folder = Path(week) if start is None else start / week
    if not (folder / FILE).is_file() and (extra := _extra_named(week, here)):
        return extra
    if folder.is_file():
        raise UsageError(f"{week} is a file. A week is a folder, or its number, such as 1.")
    if not folder.is_dir():
        kind = "folder" if len(Path(week).parts) > 1 else "week or extra"
        raise UsageError(f"There is no {kind} {week}.{_suggestion(week, here)}")
    return folder.resolve()


def _by_number(number: int, here: Path) -> Path:
    for folder in (here, *here.parents):
        if (folder / FILE).is_file() and re.match(rf"week0*{number}(?!\d)", folder.name):
            return folder
    top = course_top(here)
    if top is None:
        raise UsageError(f"There is no course in {here}{os.sep} or above it: change to the course's folder first.")
    known = weeks(top)
    if number not in known:
        raise UsageError(f"There is no week {number} in {top}. There are: {', '.join(map(str, known))}.")
    return known[number]


def _extra_named(name: str, here: Path) -> Path | None:
    """Return the folder of an extra in the week that contains a folder, else in any week of the course."""
    top = course_top(here)
    for week in (here, *here.parents, *(weeks(top).values() if top else ())):
        if found := extras(week).get(name):
            return found
    return None


def _suggestion(week: str, here: Path) -> str:
    import difflib

    top = course_top(here)
    names = [path.name for path in weeks(top).values()] if top else []
    known = [path.name for path in assignment_folders(top)] if top else []
    close = difflib.get_close_matches(Path(week).name, known, n=1, cutoff=0.4)
    if close:
        return f" Did you mean {close[0]}?"
    return f" Weeks here: {', '.join(names)}." if names else ""
