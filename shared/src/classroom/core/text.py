"""Text from a submission, made harmless before anybody is shown it."""

from __future__ import annotations

import os
import re

# Control characters (terminal codes among them) and the marks that turn the direction of writing round.
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def sanitize(text: str, limit: int = 4000) -> str:
    """The text with every active character spelled out, and cut at `limit` characters."""
    safe = ACTIVE.sub(lambda match: match[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n"))
    safe = safe.encode("utf-8", "backslashreplace").decode("utf-8")
    if os.environ.get("GITHUB_ACTIONS"):
        # There the log is a channel for commands: ::error::, and ##[error] anywhere in a line.
        safe = safe.replace("::", ": :").replace("##[", "## [")
    return safe if len(safe) <= limit else safe[:limit] + " …"


def one_line(text: str) -> str:
    """A name that somebody else has chosen, such as a file's, with every line break spelled out."""
    return sanitize(text).replace("\n", "\\n")


def first_line(text: str, limit: int = 100) -> str:
    """The first line, cut so that it fits beside something else."""
    line = sanitize(text).strip().split("\n", 1)[0]
    return line if len(line) <= limit else line[: limit - 1] + "…"
