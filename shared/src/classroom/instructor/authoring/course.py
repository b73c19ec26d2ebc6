"""The course that a new week belongs to: its folder, its pinned packages, and the row of each week in its README."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.assignment import course_top, duration
from classroom.core.errors import UsageError
from classroom.instructor.week_rows import ROW, with_row

if TYPE_CHECKING:
    from pathlib import Path

KIT = "shared/pyproject.toml"
LOCK = "shared/requirements.lock"
README = "README.md"


@dataclass(frozen=True)
class Course:
    """A course's folder, which has the kit in `shared`."""

    top: Path

    @classmethod
    def around(cls, start: Path) -> Course:
        """Return the course that contains a folder.

        Raises:
            UsageError: there is none, or its kit is missing.
        """
        for folder in (start, *start.parents):
            if (folder / KIT).is_file():
                return cls(folder)
        top = course_top(start)
        if top is not None:
            raise UsageError(f"{top} has no {KIT}: a new week needs the course with its kit.")
        raise UsageError(f"There is no course in {start} or above it: change to the course's folder first.")

    def pins(self, *names: str) -> dict[str, str]:
        """Return the versions of packages that the course's lock pins.

        Raises:
            UsageError: the lock is missing, or does not name one of them.
        """
        path = self.top / LOCK
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        found = dict(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE))
        for name in names:
            if name not in found:
                raise UsageError(
                    f"{path} does not pin {name}, which the week needs: get the file from the course again."
                )
        return {name: found[name] for name in names}

    def readme_with_row(self, name: str, number: int, title: str, tasks: int, minutes: int) -> str | None:
        """Return the course's README with a row for a new week; None if it has no row of another week."""
        text = self._readme()
        row = f"| [{number}]({name}/README.md) | **{title}** | {tasks} | {duration(minutes)} |\n"
        changed = with_row(text, number, row)
        return changed if changed != text else None

    def readme_with_tasks(self, name: str, before: int, after: int) -> str | None:
        """Return the course's README with another number of tasks in a week's row; None if no row names the number."""
        text = self._readme()
        for row in ROW.finditer(text):
            if row["week"] == name and f"| {before} |" in row[0]:
                head, _, tail = row[0].rpartition(f"| {before} |")
                return text[: row.start()] + f"{head}| {after} |{tail}" + text[row.end() :]
        return None

    def _readme(self) -> str:
        path = self.top / README
        return path.read_text(encoding="utf-8") if path.is_file() else ""
