"""What being late costs in a classroom, for a grading that does not ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def rule_left_out(week: str, files: Iterable[Path | None]) -> str | None:
    """Return a sentence with the late rules of the classroom next to whose files a week is graded; None if it has none.

    Args:
        week: its name.
        files: the roster and the folder of the submissions, if there are any.

    Raises:
        UsageError: the due date of the classroom cannot be read.
    """
    from classroom.instructor.classrooms.classroom import STATE, Classroom
    from classroom.instructor.classrooms.due_dates import DueDates

    for folder in dict.fromkeys(file.resolve().parent for file in files if file):
        if not (folder / STATE / "inbox").is_dir():
            continue
        dates = DueDates(Classroom(folder))
        dates.ensure_readable(week)
        closing, late = dates.closing(week), dates.late(week)
        if closing and late.points:
            due = f"{closing.moment.astimezone(dates.zone):%Y-%m-%dT%H:%M}"
            last = "" if late.best else " --late last"
            rule = f"--deadline {due} --late-days {late.days} --late-points {late.points}{last}"
            return f"Late submissions lose no points here. To apply the rules of {folder}, add {rule}"
    return None
