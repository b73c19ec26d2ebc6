"""The hints of a week: read from HINTS.md and shown one by one; the week's folder stores how many were shown."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment

FILE = "HINTS.md"
STATE_DIR = ".classroom"
SECTION = re.compile(r"^## (\d+)\..*$", re.MULTILINE)
HINT = re.compile(r"<details>\s*<summary>.*?</summary>(.*?)</details>", re.DOTALL)


def hints(folder: Path) -> dict[int, list[str]]:
    """Return the hints of each task, in order, as Markdown; empty if HINTS.md is not there, or is not UTF-8."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    parts = SECTION.split(text)
    return {
        int(number): [hint.strip() for hint in HINT.findall(body)]
        for number, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def next_hint(assignment: Assignment, number: int, seen: int = 0) -> tuple[int, list[str]]:
    """Return the position of the next hint for a task, counted from 1, and all hints of that task.

    After the last hint it stays at the last one. The position is stored in the week's folder; if that cannot be written,
    the same hint is next again.

    Args:
        assignment: the week.
        number: that of the task.
        seen: how many hints the caller has shown, for a folder that cannot be written.
    """
    all_hints = hints(assignment.folder).get(number, [])
    shown = _load(assignment.folder)
    position = min(max(shown.get(str(number), 0), seen) + 1, len(all_hints))
    _save(assignment.folder, {**shown, str(number): position})
    return position, all_hints


def shown_hints(assignment: Assignment) -> dict[int, tuple[int, list[str]]]:
    """Return for each task how many of its hints have been shown, and all of them."""
    all_hints, shown = hints(assignment.folder), _load(assignment.folder)
    found = {task.number: all_hints.get(task.number, []) for task in assignment.tasks}
    return {number: (min(shown.get(str(number), 0), len(texts)), texts) for number, texts in found.items()}


def hints_left(assignment: Assignment, number: int) -> int:
    """Return how many hints of a task have not been shown."""
    shown, all_hints = shown_hints(assignment)[number]
    return len(all_hints) - shown


def _load(folder: Path) -> dict[str, int]:
    try:
        found: Any = json.loads((folder / STATE_DIR / "hints.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, int)}


def _save(folder: Path, shown: dict[str, int]) -> None:
    from classroom.core.files import write_atomic

    with contextlib.suppress(OSError):
        write_atomic(folder / STATE_DIR / "hints.json", json.dumps(shown))
