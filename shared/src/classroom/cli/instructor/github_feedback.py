"""`classroom feedback --github`: the feedback of a grading as issues."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from classroom.cli.instructor.github_options import opened
from classroom.cli.instructor.github_tables import counted
from classroom.core.errors import CouldNotCheck
from classroom.core.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.instructor.github.feedback import Delivered


def give_feedback(organization: str, grades: Path) -> list[str]:
    """Write the feedback of a grading to issues on GitHub; return a sentence for each that could not be written."""
    with _alone(grades), opened(organization) as provider:
        from classroom.instructor.github.feedback import FeedbackIssues

        feedback = FeedbackIssues(provider, grades)
        rows: list[Delivered] = []
        try:
            rows.extend(counted(feedback.deliver(), len(feedback.results)))
        finally:  # also after Ctrl-C: show what was done
            counts = Counter(row.state for row in rows)
            print(f"{counts['new']} new, {counts['updated']} updated, {counts['unchanged']} unchanged, as issues")
    return [f"{row.name}: {row.problem}" for row in rows if row.problem]


@contextmanager
def _alone(grades: Path) -> Iterator[None]:
    """Let no second command deliver the same feedback at once: each would open an issue that the other has not seen."""
    if not grades.is_dir():  # FeedbackIssues says so
        yield
        return
    lock = Lock(grades / ".feedback.lock")
    try:
        if not lock.attempt():
            raise CouldNotCheck(f"Another command is returning the feedback in {grades}: wait until it has finished.")
        yield
    finally:
        lock.close()
