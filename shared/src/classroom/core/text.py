"""Sanitize text from a submission before it is shown."""

from __future__ import annotations

import os
import re

# Control characters, including terminal codes, and the marks that change the direction of writing.
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def sanitize(text: str, limit: int = 4000) -> str:
    """Return the text with every active character escaped, cut at `limit` characters."""
    safe = ACTIVE.sub(lambda match: match[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n"))
    safe = safe.encode("utf-8", "backslashreplace").decode("utf-8")
    if os.environ.get("GITHUB_ACTIONS"):
        # GitHub Actions reads commands from the log: ::error::, and ##[error] anywhere in a line.
        safe = safe.replace("::", ": :").replace("##[", "## [")
    return safe if len(safe) <= limit else safe[:limit] + " …"


def one_line(text: str) -> str:
    """Return a text from a submission, such as a file name, on one line with line breaks escaped."""
    return sanitize(text).replace("\n", "\\n")


def first_line(text: str, limit: int = 100) -> str:
    """Return the first line, cut at `limit` characters."""
    line = sanitize(text).strip().split("\n", 1)[0]
    return line if len(line) <= limit else line[: limit - 1] + "…"
