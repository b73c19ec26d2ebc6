"""The code next to the checks on the page: which lines a check points to, and as much of the code as there is room for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.student.card import locations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from classroom.core.result import CheckResult

    Place = tuple[str, int]  # a file and a line of it, from 1

MAX_PLACES = 4  # of one check
MAX_PAGE = 6_000_000  # characters of code on one page, shared by all submissions
MAX_STUDENT = 40_000  # characters of code of one submission on a page
CONTEXT = 8  # lines around a named one, where the whole code has no room
MAX_LINE = 300  # characters shown of one line
ROUTE = re.compile(r"""^\s*@\w[\w.]*\.(get|post|put|patch|delete|head|options)\(\s*["'](/[^"']*)["']""")
REQUEST = re.compile(r"""https?://[^/\s'"]+(/[^\s'"?#]*)""")
METHOD = re.compile(r"(?:-X|--request) ([A-Z]+)")


def room_for(submissions: int) -> int:
    """Return how many characters of code there is room for, for each of n submissions."""
    return min(MAX_STUDENT, MAX_PAGE // max(1, submissions))


def places(check: CheckResult, files: Mapping[str, Sequence[str]]) -> list[Place]:
    """Return the lines that a check points to: those of its cause and traceback, or else the route that it requested."""
    named = [(file, line) for file, line in locations(check) if file in files and 0 < line <= len(files[file])]
    return list(dict.fromkeys(named))[:MAX_PLACES] or _routes(check.request or "", files)


def _routes(request: str, files: Mapping[str, Sequence[str]]) -> list[Place]:
    """Return where a request's last route is declared; a router may add a prefix to the path that is written there."""
    paths = REQUEST.findall(request)
    if not paths:
        return []
    method = (METHOD.findall(request) or ["GET"])[-1]
    wanted = paths[-1].rstrip("/") or "/"
    found = []
    for file, lines in files.items():
        for number, line in enumerate(lines, 1):
            route = ROUTE.match(line[:MAX_LINE])
            if route and route[1].upper() == method and _leads_to(route[2].rstrip("/") or "/", wanted):
                found.append((route[2].count("{"), -len(route[2]), (file, number)))
    return [min(found)[2]] if found else []


def _leads_to(route: str, path: str) -> bool:
    written, asked = route.split("/")[1:], path.split("/")[1:]
    if len(written) > len(asked):
        return False
    pairs = zip(reversed(written), reversed(asked), strict=False)
    return all(part == other or (part.startswith("{") and other) for part, other in pairs)


def shown_code(files: Mapping[str, Sequence[str]], named: Iterable[Place], room: int) -> list[dict[str, object]]:
    """Return the files as the page shows them, each with its number of lines and parts of them: first line and lines.

    Args:
        files: lines of each file.
        named: the lines that the checks name, which come first where there is too little room for everything.
        room: characters.
    """
    if sum(len(line) + 1 for lines in files.values() for line in lines) <= room:
        chosen = {file: set(range(1, len(lines) + 1)) for file, lines in files.items()}
    else:
        chosen = _around(files, named, room)
    return [
        {"name": file, "lines": len(lines), "parts": _parts(lines, sorted(chosen.get(file, ())))}
        for file, lines in files.items()
    ]


def _around(files: Mapping[str, Sequence[str]], named: Iterable[Place], room: int) -> dict[str, set[int]]:
    """Return the numbers of the lines around the named ones, as long as there is room."""
    chosen: dict[str, set[int]] = {}
    for file, line in named:
        kept = chosen.setdefault(file, set())
        around = set(range(max(1, line - CONTEXT), min(len(files[file]), line + CONTEXT) + 1)) - kept
        room -= sum(min(MAX_LINE, len(files[file][number - 1])) + 1 for number in around)
        if room < 0:
            break
        kept |= around
    return chosen


def _parts(lines: Sequence[str], numbers: Sequence[int]) -> list[tuple[int, list[str]]]:
    parts: list[tuple[int, list[str]]] = []
    for number in numbers:
        line = lines[number - 1]
        text = line if len(line) <= MAX_LINE else line[:MAX_LINE] + " …"
        if parts and number == parts[-1][0] + len(parts[-1][1]):
            parts[-1][1].append(text)
        else:
            parts.append((number, [text]))
    return parts
