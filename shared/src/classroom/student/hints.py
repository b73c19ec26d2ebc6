"""The hints of a week: folded away in HINTS.md, given one by one, remembered in the week's folder."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.core.assignment import Assignment

FILE = "HINTS.md"
MEMORY = ".classroom"
SECTION = re.compile(r"^## (\d+)\..*$", re.MULTILINE)
HINT = re.compile(r"<details>\s*<summary>.*?</summary>(.*?)</details>", re.DOTALL)


def hints(folder: Path) -> dict[int, list[str]]:
    """Every task's hints, in their order, as Markdown; empty where there is no HINTS.md."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except OSError:
        return {}
    parts = SECTION.split(text)
    return {
        int(number): [hint.strip() for hint in HINT.findall(body)]
        for number, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def next_hint(assignment: Assignment, number: int) -> tuple[int, list[str]]:
    """The position of the next hint for a task, counted from 1, and all hints of that task.

    Asked again after the last one, it stays at the last. The count is kept in the week's folder; where that cannot be
    written, the same hint comes again.
    """
    told = hints(assignment.folder).get(number, [])
    memory = _memory(assignment.folder)
    position = min(memory.get(str(number), 0) + 1, len(told))
    _remember(assignment.folder, {**memory, str(number): position})
    return position, told


def left(assignment: Assignment, number: int) -> int:
    """How many hints of a task have not been shown."""
    told = len(hints(assignment.folder).get(number, []))
    return max(0, told - _memory(assignment.folder).get(str(number), 0))


def _memory(folder: Path) -> dict[str, int]:
    try:
        found: Any = json.loads((folder / MEMORY / "hints.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, int)}


def _remember(folder: Path, memory: dict[str, int]) -> None:
    from classroom.core.files import write_atomic

    with contextlib.suppress(OSError):
        write_atomic(folder / MEMORY / "hints.json", json.dumps(memory))
