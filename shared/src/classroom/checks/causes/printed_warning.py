"""Warnings that an app printed, such as that a coroutine was never awaited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.printed_error import own_path

if TYPE_CHECKING:
    from pathlib import Path

WARNING = re.compile(r"(\S.{0,400}):\d{1,6}: (\w{0,40}Warning: .*)")
ABOUT_TRACING = "RuntimeWarning: Enable tracemalloc"


def shorten_warnings(printed: str, folder: Path) -> str:
    """Return a printed text in which warnings do not name lines that are not the student's own.

    A coroutine that was never awaited is noticed wherever Python next frees memory, mostly in a library.
    """
    shown: list[str] = []
    skipping = False
    for line in printed.splitlines():
        if skipping and line.startswith("  "):  # the line of source below
            skipping = False
            continue
        found = WARNING.fullmatch(line)
        skipping = found is not None and own_path(found[1], folder) is None
        if not line.startswith(ABOUT_TRACING):
            shown.append(found[2] if found and skipping else line)
    return "\n".join(shown)
