"""What the commands for GitHub print: tables, for the terminal and as CSV, and how far a long one is."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from classroom.core.files import write_atomic
from classroom.core.result import utc_timestamp
from classroom.core.text import display_name, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.table import Table

    from classroom.instructor.github.closing import Access
    from classroom.instructor.github.hand_out import Handed
    from classroom.instructor.github.updating import Updated
    from classroom.instructor.github.week_status import Progress
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.roster import Student

STUDENT = ("identifier", "github_username", "name", "email")  # columns of every table
WIDE = 300  # columns of a table in a file or a pipe
MAX_CONFLICTS = 3  # files named in a line
OUTCOMES = {"success": "checks passed", "failure": "checks failed"}

Item = TypeVar("Item")


def counted(items: Iterable[Item], total: int) -> Iterator[Item]:
    """Yield the items, and count them on a terminal's last line."""
    visible = sys.stderr.isatty()
    for number, item in enumerate(items, start=1):
        if visible:
            print(f"\r{number} of {total}", end="\r", file=sys.stderr, flush=True)
        yield item


def print_handed(week: str, rows: Sequence[Handed]) -> None:
    """Print what became of each student, problems last."""
    counts = {state: sum(row.state == state and not row.problem for row in rows) for state in ("new", "kept")}
    _print_outcomes(week, counts, [(row, row.state, row.access, row.link) for row in rows])


def print_progress(week: str, rows: Sequence[Progress], deadline_for: Callable[[Student], Deadline | None]) -> None:
    """Print how each student is doing."""
    table = _table()
    for row in rows:
        pushed = row.invitation or pushed_of(row, deadline_for)
        table.add_row(name_of(row.student), row.status, pushed, outcome_of(row))
    begun = sum(row.pushed is not None for row in rows)
    _print(f"{week}: {begun} of {len(rows)} have started", table)


def print_access(week: str, rows: Sequence[Access]) -> None:
    """Print what became of each student's access, problems last."""
    counts = Counter(row.state for row in rows if not row.problem)
    _print_outcomes(week, counts, [(row, row.state, f"until {row.until}" if row.until else "") for row in rows])


def print_updated(week: str, rows: Sequence[Updated]) -> None:
    """Print what became of each student's repository, problems last."""
    counts = Counter(row.state for row in rows if not row.problem)
    _print_outcomes(week, counts, [(row, row.state, row.link, _conflicts(row)) for row in rows])


def write_updated(path: Path, rows: Sequence[Updated]) -> None:
    """Write what became of each student's repository as CSV."""
    headings = (*STUDENT, "repository", "state", "link", "conflicts", "problem")
    cells = ((row.repository, row.state, row.link, " ".join(row.conflicts), row.problem) for row in rows)
    _write(path, headings, ((*_cells(row.student), *more) for row, more in zip(rows, cells, strict=True)))


def write_access(path: Path, rows: Iterable[Access]) -> None:
    """Write what became of each student's access as CSV, with times in UTC."""
    headings = (*STUDENT, "repository", "access", "until", "problem")
    _write(path, headings, (_access_cells(row) for row in rows))


def write_handed(path: Path, rows: Iterable[Handed]) -> None:
    """Write what became of each student as CSV, for a mail merge."""
    headings = (*STUDENT, "repository", "state", "access", "link", "problem")
    _write(
        path,
        headings,
        ((*_cells(row.student), row.repository, row.state, row.access, row.link, row.problem) for row in rows),
    )


def write_progress(path: Path, rows: Iterable[Progress], deadline_for: Callable[[Student], Deadline | None]) -> None:
    """Write how each student is doing as CSV, with times in UTC."""
    headings = (*STUDENT, "repository", "status", "invitation")
    more = ("pushed", "commit", "deadline", "pushed_in_time", "commit_in_time", "checks", "page")
    _write(
        path,
        (*headings, *more),
        ((*_cells(row.student), *_progress_cells(row, deadline_for(row.student))) for row in rows),
    )


def _access_cells(row: Access) -> tuple[str, ...]:
    until = utc_timestamp(row.until.moment) if row.until else ""
    return (*_cells(row.student), row.repository, row.state, until, row.problem)


def _progress_cells(row: Progress, deadline: Deadline | None) -> tuple[str, ...]:
    pushes = [
        cell
        for push in (row.pushed, row.counts)
        for cell in ((utc_timestamp(push.received), push.commit) if push else ("", ""))
    ]
    due = utc_timestamp(deadline.moment) if deadline else ""
    checks = row.run.outcome if row.run else ""
    return (row.repository, row.status, row.invitation, *pushes[:2], due, *pushes[2:], checks, row.page)


def pushed_of(row: Progress, deadline_for: Callable[[Student], Deadline | None]) -> str:
    """Return when a student has pushed, and what of it counts."""
    from classroom.instructor.time_zone import shown

    if row.pushed is None:
        return ""
    deadline = deadline_for(row.student)
    zone = deadline.zone if deadline else None
    latest = f"pushed {shown(row.pushed.received, zone)}"
    if deadline is None or row.pushed == row.counts:
        return latest
    if row.counts is None:
        return f"{latest}, late: nothing was pushed by {deadline}"
    return f"{latest}, late: {row.counts.commit[:7]} of {shown(row.counts.received, zone)} counts"


def _print_outcomes(
    week: str, counts: Mapping[str, int], outcomes: Sequence[tuple[Handed | Access | Updated, *tuple[str, ...]]]
) -> None:
    """Print how many there are of each state, a line for each student, and the problems."""
    problems = [row for row, *_ in outcomes if row.problem]
    parts = [f"{count} {state}" for state, count in counts.items()]
    if problems:
        parts.append("1 problem" if len(problems) == 1 else f"{len(problems)} problems")
    table = _table()
    for row, *cells in outcomes:
        if not row.problem:
            table.add_row(name_of(row.student), *cells)
    _print(f"{week}: {', '.join(parts) or 'nobody'}", table)
    for row in problems:
        print(f"{name_of(row.student)}: {row.problem}")


def _conflicts(row: Updated) -> str:
    more = f" and {len(row.conflicts) - MAX_CONFLICTS} more" if len(row.conflicts) > MAX_CONFLICTS else ""
    return f"conflict in {', '.join(map(one_line, row.conflicts[:MAX_CONFLICTS]))}{more}" if row.conflicts else ""


def outcome_of(row: Progress) -> str:
    """Return the outcome of the last checks, or an empty string."""
    return OUTCOMES.get(row.run.outcome, row.run.outcome) if row.run else ""


def name_of(student: Student) -> str:
    """Return a student's name for people to read, with the username."""
    return display_name(student.named(student.account or student.username))


def _cells(student: Student) -> tuple[str, ...]:
    return (student.identifier, student.account, student.name, student.email)


def _table() -> Table:
    from rich.table import Table

    return Table(box=None, show_header=False, padding=(0, 2))


def _print(title: str, table: Table) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = WIDE
    console.print(Text(title, style="bold"))
    console.print(table)


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from classroom.instructor.grading.gradebook import escape_formula

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(headings)
    writer.writerows([escape_formula(cell) for cell in row] for row in rows)
    write_atomic(path, text.getvalue())
