"""The table of `classroom github status` as Markdown, for the summary of a workflow run."""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.instructor.github_tables import name_of, outcome_of, pushed_of
from classroom.core.errors import UsageError
from classroom.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from classroom.instructor.github.week_status import Progress
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.roster import Student

VARIABLE = "GITHUB_STEP_SUMMARY"


def summary_file() -> Path:
    """Return the file that GitHub shows as the summary of the step that runs this command."""
    path = os.environ.get(VARIABLE)
    if not path:
        raise UsageError(f"--summary is for a workflow on GitHub, where {VARIABLE} names a file: use --csv FILE here.")
    return Path(path)


def write_summary(
    path: Path, title: str, rows: Sequence[Progress], deadline_for: Callable[[Student], Deadline | None]
) -> None:
    """Append how each student is doing to the summary."""
    counts = ", ".join(f"{count} {status}" for status, count in Counter(row.status for row in rows).items())
    lines = [f"## {_cell(title)}", "", f"{counts or 'nobody'}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", ""]
    lines += ["| student | status | pushed | checks |", "| --- | --- | --- | --- |"]
    for row in rows:
        status = f"[{row.status}]({row.page})" if row.page else row.status
        cells = (_cell(name_of(row.student)), status, _cell(row.invitation or pushed_of(row, deadline_for)))
        lines.append(f"| {' | '.join(cells)} | {_cell(outcome_of(row))} |")
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, "", ""]))


def _cell(text: str) -> str:
    """Return text for a table cell: unchanged, but without any meaning in Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>|#~!&@])", r"\\\1", one_line(text))
