"""What is left to do when everything passes, as the week's own folder and its git repository tell; nothing is fetched."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.git import git

if TYPE_CHECKING:
    from pathlib import Path

DESIGN = "DESIGN.md"
SECONDS = 5  # for each look at git
# A line of a template: empty, a heading, text in italics, or a label with nothing after it.
PROMPT = re.compile(r"\s*|#.*|(?:- )?\*.*\*\s*|[^|]*:\s*")
RULE = re.compile(r"[|\s:-]*-[|\s:-]*")  # below the head of a table
EMPTY_ROW = re.compile(r"\|[^|]*\|[|\s]*")  # all cells but the first


def is_handed_in(folder: Path) -> bool:
    """Return whether everything in a folder is committed, and the last commit is where it was last pushed to."""
    if not _git(folder, "rev-parse", "--is-inside-work-tree"):
        return False
    ahead = _git(folder, "rev-list", "--count", "@{upstream}..HEAD")
    return ahead == "0" and _git(folder, "status", "--porcelain", "--", ".") == ""


def is_template(folder: Path) -> bool:
    """Return whether DESIGN.md is there and still says what it said when it was first committed, or has no answers."""
    path = folder / DESIGN
    if not path.is_file():
        return False
    text = path.read_text(encoding="utf-8", errors="replace")
    first = (_git(folder, "log", "--diff-filter=A", "--format=%H", "--", DESIGN) or "").split("\n")[-1]
    template = _git(folder, "show", f"{first}:./{DESIGN}") if first else None
    return template.split() == text.split() if template is not None else _has_no_answers(text)


def _has_no_answers(text: str) -> bool:
    """Return whether a text consists of prompts and tables that are not filled in, up to its last section, on how it is graded."""
    text = text.rpartition("\n## ")[0]
    return bool(text) and all(
        PROMPT.fullmatch(line) or RULE.fullmatch(line) or RULE.fullmatch(below) or EMPTY_ROW.fullmatch(line)
        for line, below in pairwise([*text.splitlines(), ""])
    )


def _git(folder: Path, *argv: str) -> str | None:
    """Return what git prints, or None if it cannot say."""
    try:
        return git(*argv, cwd=folder, timeout=SECONDS)
    except (ClassroomError, OSError):
        return None
