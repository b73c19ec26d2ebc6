"""Who the results of a folder belong to, `students.json`: the students of the roster by the name of their submission."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from classroom.core.files import write_atomic
from classroom.instructor.roster import Student

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "students.json"


def write_students(out: Path, students: Mapping[str, Student]) -> None:
    """Write the students next to their results, so that later commands know their names and need no roster."""
    table = {name: asdict(student) for name, student in sorted(students.items())}
    write_atomic(out / FILE, json.dumps(table, indent=1, ensure_ascii=False) + "\n")


def read_students(out: Path) -> dict[str, Student]:
    """Return the students by the name of their submission; empty if the grading had no roster."""
    try:
        table = json.loads((out / FILE).read_text(encoding="utf-8"))
        return {name: _student(cells) for name, cells in table.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _student(cells: dict[str, Any]) -> Student:
    """Return a student read back.

    Raises:
        TypeError: another version of the kit wrote it.
    """
    return Student(**cells)
