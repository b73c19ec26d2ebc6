"""Rows of `adjustments.csv`, added and removed without changing anything else in the file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.text import one_line
from classroom.instructor.grading.adjustments import COLUMNS, KINDS, Entry, problem_of, read_entries
from classroom.instructor.spreadsheet import Table, plain_heading, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.core.assignment import Task

GONE = "This adjustment was changed or removed in the meantime."


def add_entry(path: Path, entry: Entry, *, tasks: Sequence[Task]) -> None:
    """Add a row to the file, which is created if it does not exist.

    Raises:
        UsageError: the row is not valid, or the file cannot be read.
    """
    if entry.kind not in KINDS:
        raise UsageError(f"{one_line(entry.kind)!r} is not one of {', '.join(KINDS)}.")
    if problem := problem_of(entry, tasks):
        raise UsageError(problem[0].upper() + problem[1:])
    if path.exists():
        read_entries(path)  # which says what is wrong with it
    table = read_table(path, COLUMNS) if path.exists() else Table(COLUMNS, ())
    values = {name: getattr(entry, name) for name in COLUMNS}
    added = tuple(values.get(plain_heading(heading), "") for heading in table.headings)
    _write(path, table.headings, [*(row.cells for row in table.rows), added])


def remove_entry(path: Path, entry: Entry) -> None:
    """Remove a row from the file: the one at its line, or else one that says the same.

    Raises:
        UsageError: there is no such row, or the file cannot be read.
    """
    same = [each for each in (read_entries(path) if path.exists() else ()) if replace(each, line=entry.line) == entry]
    if not same:
        raise UsageError(GONE)
    line = next((each for each in same if each.line == entry.line), same[0]).line
    table = read_table(path, COLUMNS)
    _write(path, table.headings, [row.cells for row in table.rows if row.line != line])


def _write(path: Path, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write the file as a whole: a spreadsheet may have saved it in another encoding, with other separators or columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    write_atomic(path, text.getvalue())
