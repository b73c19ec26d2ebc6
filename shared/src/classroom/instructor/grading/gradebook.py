"""The gradebook, `gradebook.csv`: the columns of GitHub Classroom's, then one for each task."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.files import write_atomic
from classroom.core.text import display_name, sanitize

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result
    from classroom.instructor.roster import Student

COLUMNS = (
    "assignment_name",
    "assignment_url",
    "starter_code_url",
    "github_username",
    "roster_identifier",
    "student_repository_name",
    "student_repository_url",
    "submission_timestamp",
    "points_awarded",
    "points_available",
)
# What a spreadsheet may take for the beginning of a formula, where a cell begins: also in full width, which Excel reads
# as the plain sign in East Asian settings, and after a separator, because it splits a file at its own language's.
FORMULA = re.compile(
    '((?:^|[;,|\t\uff1b\uff0c])[\\s"]*)(?=[=+\\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe66\ufe62\ufe63\ufe6b\ufe6a\u207a-\u207c\u208a-\u208c\u2212])'
)


@dataclass(frozen=True)
class Row:
    """One row of the gradebook.

    Attributes:
        student: whose result it is.
        repository: the name of the folder or repository that was graded.
        submitted: when the graded commit was made or received, as `utc_timestamp` writes it.
    """

    student: Student
    result: Result
    repository: str = ""
    submitted: str = ""


def write_gradebook(path: Path, assignment: Assignment, rows: Iterable[Row]) -> None:
    """Write the gradebook. Points are blank where a submission could not be graded or is excused."""
    tasks = [f"task_{task.number}" for task in assignment.tasks]
    headings = [*COLUMNS, "status", "late", "adjusted", *tasks, "bonus", "reason", "notes"]
    write_atomic(path, table_text([headings, *(_cells(assignment, row) for row in rows)]))


def _cells(assignment: Assignment, row: Row) -> list[object]:
    result = row.result
    points = {task.number: result.points(task) for task in result.tasks}
    adjusted = "; ".join(f"{change.text} {change.note}".strip() for change in result.adjustments)
    return [
        *(assignment.name, "", ""),
        *(display_name(row.student.username), row.student.identifier, display_name(row.repository), "", row.submitted),
        *("" if result.score is None else result.score, result.max_score),
        *(result.status, result.late or "", adjusted),
        *("" if result.score is None else points.get(task.number, 0) for task in assignment.tasks),
        *(result.bonus, result.reason or "", "; ".join(result.notes)),
    ]


def table_text(rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV for a spreadsheet, with every cell quoted and no formula in any."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([escape_formula(cell) for cell in row] for row in rows)
    return text.getvalue()


def escape_formula(cell: object) -> object:
    """Return a cell in which no spreadsheet finds a formula, at whichever sign it splits lines; numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    return FORMULA.sub(r"\1'", sanitize(re.sub(r"[\r\n\t]+", " ", cell)))
