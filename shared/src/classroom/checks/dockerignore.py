"""The file .dockerignore, read by Docker's rules: which files of a folder are kept out of a build."""

from __future__ import annotations

import re
from itertools import accumulate

TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[\^?[^\]]+\]|\\?.", re.DOTALL)
MAX_PATTERNS = 200
LONGEST = 200  # characters of a pattern


class DockerIgnore:
    """The patterns of a .dockerignore. Unlike in .gitignore, each is a path from the top: `*.pyc` matches in no subfolder.

    Args:
        text: its text.
    """

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines()]
        self.patterns = [line for line in lines if line and not line.startswith("#")][:MAX_PATTERNS]

    def excludes(self, path: str) -> bool:
        """Return whether a file is kept out; the last pattern that matches it, or a folder above it, decides."""
        parents = [*accumulate(path.split("/"), lambda above, name: f"{above}/{name}")]
        excluded = False
        for pattern in self.patterns:
            wanted = pattern.removeprefix("!").strip().removeprefix("./").strip("/")[:LONGEST]
            if any(_matches(wanted, name) for name in parents):
                excluded = not pattern.startswith("!")
        return excluded


def _matches(pattern: str, path: str) -> bool:
    """Return whether a pattern matches the whole path. All ways are followed at once, so no pattern takes long."""
    reached = {0}
    for token in TOKEN.findall(pattern):
        reached = {end for start in reached for end in _ends(token, path, start)}
    return len(path) in reached


def _ends(token: str, path: str, start: int) -> list[int]:
    """Return where the part of the path that one token matches may end; `**` goes beyond a slash, `*` and `?` do not."""
    rest = path[start:]
    if token == "**/":  # noqa: S105
        return [start, *(start + at + 1 for at, letter in enumerate(rest) if letter == "/")]
    if token == "**":  # noqa: S105
        return [*range(start, len(path) + 1)]
    if token == "*":  # noqa: S105
        return [*range(start, start + len(rest.partition("/")[0]) + 1)]
    return [start + 1] if rest and _is_one(token, rest[0]) else []


def _is_one(token: str, letter: str) -> bool:
    """Return whether a token for one letter matches this one: `?`, a set in brackets, or the letter itself."""
    if token == "?":  # noqa: S105
        return letter != "/"
    if len(token) > 2:  # noqa: PLR2004 - a set in brackets
        inner = token[1:-1]
        within = _in_set(inner.removeprefix("^"), letter)
        return within != inner.startswith("^")
    return letter == token[-1]


def _in_set(letters: str, letter: str) -> bool:
    ranges = re.findall(r"(.)-(.)|(.)", letters, re.DOTALL)
    return any((low <= letter <= high) if low else letter == one for low, high, one in ranges)
