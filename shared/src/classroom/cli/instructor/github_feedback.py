"""`classroom feedback --github`: the feedback of a grading as issues."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from classroom.cli.instructor.github_options import opened
from classroom.cli.instructor.github_tables import counted

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.instructor.github.feedback import Delivered


def give_feedback(organization: str, grades: Path) -> list[str]:
    """Write the feedback of a grading to issues on GitHub; return a sentence for each that could not be written."""
    with opened(organization) as provider:
        from classroom.instructor.github.feedback import FeedbackIssues

        feedback = FeedbackIssues(provider, grades)
        rows: list[Delivered] = []
        try:
            rows.extend(counted(feedback.deliver(), len(feedback.results)))
        finally:  # also after Ctrl-C: what was done is told
            counts = Counter(row.state for row in rows)
            print(f"{counts['new']} new, {counts['updated']} updated, {counts['unchanged']} unchanged, as issues")
    return [f"{row.name}: {row.problem}" for row in rows if row.problem]
