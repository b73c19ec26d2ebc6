"""What a request becomes in the student's own app, whose files have other ids, keys, limits and settings than the check's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classroom.apps.exchange import Exchange
    from classroom.checks.run import Run

MAX_TEXT = 100_000
ID = re.compile(r"""["']id["']:\s*(\d+)""")
KEY = re.compile(r"""["']([^"'\n]{1,80})["']:\s*\{""")  # of a row, in a dict of rows
SETTING = re.compile(r"[A-Z_]{1,30} = (?:True|False)")
NUMBER = re.compile(r"^(\w+) = ([\d_]+)\b", re.MULTILINE)
SECRET = re.compile(r"""^SECRET = (["'])(.{1,200}?)\1$""", re.MULTILINE)
NEAR = 1  # how far a size may be from a limit
OWN_ID, NO_ID = "With an id from your own {file}:", "With an id that is not in your own {file}:"
OWN_VALUES = "With values from your own {file}:"
OWN_SETTING = "With {setting}:"


class OwnRequest(NamedTuple):
    """A request for the student's own app.

    Attributes:
        path: with an id that the app has, or has not, as the check's app does.
        headers: with keys that the app has.
        notes: what to say above the request.
    """

    path: str
    headers: dict[str, str]
    notes: list[str]


def own_request(run: Run, request: Exchange) -> OwnRequest:
    """Return a request with the values that are in the same places of the submission's own files."""
    path, headers, notes = request.path, dict(request.headers), []
    for file, text in request.given.items():
        own = _own_text(run, file)
        if (setting := setting_in(file, text)) and text.strip() not in own:
            notes.append(OWN_SETTING.format(setting=setting))
        keys = _own_keys(headers, text, own)
        note = OWN_VALUES if keys else None
        if path == request.path:
            path, id_note = _own_id(path, text, own)
            note = note or id_note
        headers |= keys
        notes += [note.format(file=file)] if note else []
    return OwnRequest(path, headers, notes)


def own_size(run: Run, request: Exchange, size: int) -> int:
    """Return a size that is as near to a limit of the submission's own file as this one is to the check's."""
    for file, text in request.given.items():
        ours = dict(NUMBER.findall(_own_text(run, file)))
        for name, limit in NUMBER.findall(text):
            if name in ours and abs(size - int(limit)) <= NEAR:
                return size - int(limit) + int(ours[name])
    return size


def own_secret(run: Run, request: Exchange) -> tuple[str, str] | None:
    """Return the SECRET in the check's file and the one in the student's, if both have one."""
    for file, text in request.given.items():
        theirs, ours = SECRET.search(text), SECRET.search(_own_text(run, file))
        if theirs and ours:
            return theirs[2], ours[2]
    return None


def setting_in(file: str, text: str) -> str | None:
    """Return the words for a file that is a single setting, such as "`DEBUG = True` in app/settings.py"."""
    return f"`{text.strip()}` in {file}" if SETTING.fullmatch(text.strip()) else None


def in_words(files: Mapping[str, str]) -> str:
    """Return the words for the files that a check gives the app."""
    return " and ".join(setting_in(file, text) or f"the {file} of the check" for file, text in files.items())


def _own_keys(headers: Mapping[str, str], text: str, own: str) -> dict[str, str]:
    """Return the header fields whose values are keys in the check's file, with the student's keys."""
    theirs, ours = KEY.findall(text), KEY.findall(own)
    if not ours:
        return {}
    found = {name: ours[theirs.index(value) % len(ours)] for name, value in headers.items() if value in theirs}
    return {name: key for name, key in found.items() if key != headers[name]}


def _own_id(path: str, text: str, own: str) -> tuple[str, str | None]:
    """Return a path with an id of the student's file, and a note if it is another one than the check's."""
    theirs, ours = ([int(number) for number in ID.findall(one)] for one in (text, own))
    found = re.search(r"(?<=/)\d+(?=/|\?|$)", path)
    if not found or not theirs or not ours:
        return path, None
    number = int(found[0])
    if number in theirs:
        replaced = ours[theirs.index(number) % len(ours)]
    else:
        replaced = max(ours) + 1 if number in ours else number
    if replaced == number:
        return path, None
    return path[: found.start()] + str(replaced) + path[found.end() :], OWN_ID if number in theirs else NO_ID


def _own_text(run: Run, file: str) -> str:
    assert run.job is not None
    try:
        return Path(run.job.folder, file).read_text(encoding="utf-8", errors="replace")[:MAX_TEXT]
    except OSError:
        return ""
