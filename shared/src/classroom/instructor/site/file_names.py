"""Names of uploaded files: which are accepted, which are never graded, and where in the week each file belongs."""

from __future__ import annotations

import itertools
import os
import re
import unicodedata
from typing import TYPE_CHECKING

from classroom.core.inspection import NEVER_GRADED
from classroom.core.text import one_line
from classroom.instructor.site.people import NotPossible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from classroom.core.assignment import Assignment

    Parts = tuple[str, ...]

APP, MAIN = "app", "main.py"
MAX_NAME = 200  # bytes of a whole name
MAX_DEPTH = 20  # nested folders
# What systems and editors leave in every folder.
LITTER = {*NEVER_GRADED, "__macosx", ".ds_store", "thumbs.db", "desktop.ini"}
DRIVE = re.compile(r"[A-Za-z]:")
# Windows takes these for devices and characters of its own; a repository with such a name could not be cloned there.
DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
SPECIAL = re.compile(r'[<>:"|?*]|[. ]$|^git~[0-9]+$', re.IGNORECASE)


class NotAccepted(NotPossible):
    """An upload is refused; the message says which file, and what to do."""


def parts_of(name: str) -> Parts:
    """Return the folders and the file in the name of an uploaded file.

    Raises:
        NotAccepted: the name leads out of the folder, or cannot be used on every system.
    """
    parts = tuple(name.split("/"))
    if "\\" in name:
        raise _refused(name, "has a backslash in its name. Make the ZIP again with your system's tools.")
    if name.startswith("/") or DRIVE.match(name) or {"..", ".", ""} & {*parts}:
        raise _refused(name, "leads out of the folder. Names must look like app/main.py.")
    if is_litter(parts):
        return parts
    if len(os.fsencode(name)) > MAX_NAME:
        raise _refused(name, f"has a name longer than {MAX_NAME} bytes. Choose a shorter one.")
    if len(parts) > MAX_DEPTH:
        raise _refused(name, f"is in more than {MAX_DEPTH} nested folders. Choose the week's folder.")
    if one_line(name) != name or any(SPECIAL.search(part) or DEVICE.fullmatch(part) for part in parts):
        raise _refused(name, "has a name that does not work on every computer. Rename it.")
    return parts


def is_litter(parts: Parts) -> bool:
    """Return whether a file is one that nobody means to hand in, such as a cache or a part of `.git`."""
    return any(part.casefold() in LITTER for part in parts) or parts[-1].startswith("._") or parts[-1].endswith(".pyc")


def placed(names: Iterable[Parts], week: Assignment) -> dict[Parts, str | None]:
    """Return for each file its path in the week's folder, or None if the week does not take it.

    The week may be at any depth, as in a ZIP of a whole folder. Files without the week's folders are recognized by the
    starter's names, and by main.py as those of `app`.

    Raises:
        NotAccepted: the week is there more than once.
    """
    names = list(names)
    tops = {parts[:at] for parts in names if (at := _top(parts, week)) is not None}
    if not tops:
        return _without_folders(names, week)
    nearest = min(map(len, tops))
    homes = sorted(top for top in tops if len(top) == nearest)
    number = re.match(r"week\d+", week.name)
    own = [top for top in homes if number and re.match(rf"{number[0]}(?!\d)", top[-1] if top else "")]
    if len(own or homes) > 1:
        both = " and ".join("/".join(top) for top in (own or homes)[:2])
        raise NotAccepted(f"These are files from several folders, such as {one_line(both)}. Send only one folder.")
    home = (own or homes)[0]
    return {
        parts: "/".join(parts[len(home) :]) if parts[: len(home)] == home and _top(parts, week) == len(home) else None
        for parts in names
    }


def _top(parts: Parts, week: Assignment) -> int | None:
    """Return how many folders are above the first part of the week in a name; None if it does not exist."""
    for at, part in enumerate(parts):
        is_last = at == len(parts) - 1
        if part in week.student_files and is_last == (week.folder / part).is_file():
            return at
    return None


def _without_folders(names: list[Parts], week: Assignment) -> dict[Parts, str | None]:
    levels = zip(*(parts[:-1] for parts in names), strict=False)
    common = sum(1 for _ in itertools.takewhile(lambda level: len({*level}) == 1, levels))
    known = _starter(week)
    in_app = APP in week.student_files and (MAIN,) in (parts[common:] for parts in names)

    def place(parts: Parts) -> str | None:
        rest = parts[common:]
        found = known.get(rest[-1], []) if len(rest) == 1 else []
        if len(found) == 1:
            return found[0]
        lone_program = len(rest) == 1 and rest[0].endswith(".py") and APP in week.student_files
        return "/".join((APP, *rest)) if in_app or lone_program else None

    return {parts: place(parts) for parts in names}


def _starter(week: Assignment) -> dict[str, list[str]]:
    """Return the paths of the files that were handed out, by their own name."""
    found: dict[str, list[str]] = {}
    for part in week.student_files:
        top = week.folder / part
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file():
                found.setdefault(path.name, []).append(path.relative_to(week.folder).as_posix())
    return found


def ensure_distinct(paths: Collection[str]) -> None:
    """Raise NotAccepted if two files have the same name on some system, or one is the folder of another."""
    seen: dict[str, str] = {}
    for path in paths:
        key = _key(path)
        if key in seen:
            same = "was sent twice" if seen[key] == path else f"and {one_line(seen[key])} differ only in case"
            raise _refused(path, f"{same}. Send one of them.")
        seen[key] = path
    for path in paths:
        above = _key(path)
        while above := above.rpartition("/")[0]:
            if above in seen:
                raise _refused(
                    path, f"is in a folder with the same name as a file: {one_line(seen[above])}. Rename one."
                )


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _refused(name: str, why: str) -> NotAccepted:
    return NotAccepted(f"{one_line(name)[:200]} {why}")
