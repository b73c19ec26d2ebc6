"""What changed since the last check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.result import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.result import Result


def changes(before: Result | None, now: Result) -> list[str]:
    """Return a sentence for what was gained and one for what was lost since an earlier result of the same week."""
    if before is None or before.assignment != now.assignment:
        return []
    earlier = {task.number: task for task in before.tasks}
    pairs = [(earlier[task.number], task) for task in now.tasks if task.number in earlier]
    gained = [task.number for old, task in pairs if task.verdict is Verdict.PASS and old.verdict is not Verdict.PASS]
    lost = [task.number for old, task in pairs if old.verdict is Verdict.PASS and task.verdict is not Verdict.PASS]
    difference = sum(task.earned - old.earned for old, task in pairs if not task.bonus)
    if not (gained or lost or difference):
        return []
    parts = []
    if gained:
        parts.append(f"{_tasks(gained)} {'passes' if len(gained) == 1 else 'pass'} now")
    if lost:
        parts.append(f"{_tasks(lost)} passed before")
    points = f"{difference:+d} since the last check".replace("-", "\N{MINUS SIGN}")
    return [f"{points}: {'; '.join(parts)}." if parts else f"{points}."]


def _tasks(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"task {numbers[0]}"
    return f"tasks {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
