"""What a grading writes for each team: the feedback that all members read, and who they are, for the page of the class.

The points are not here: each member has a result of their own, made of what the team's submission was given once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.files import write_atomic
from classroom.student.feedback import feedback

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.core.result import Result
    from classroom.core.submission import Submission
    from classroom.instructor.grading.participants import Participants
    from classroom.instructor.grading.results import ResultFolder

FILE = "teams.json"


@dataclass(frozen=True)
class GradedTeam:
    """A team on the page of the class: its name with its members, and the result that leads to its work."""

    label: str
    result: str


def write_team_results(
    files: ResultFolder, people: Participants, of_team: Callable[[Submission], Result | None]
) -> None:
    """Write the feedback of each team, and the list of teams.

    Args:
        files: of the grading.
        people: who takes part.
        of_team: returns what all members of a team may read of its result.
    """
    if people.teams is None:
        (files.out / FILE).unlink(missing_ok=True)
        return
    found = {}
    for submission in people.submissions:
        if result := of_team(submission):
            write_atomic(files.out / "feedback" / f"{files.stems[submission.name]}.md", feedback(result))
        team, members = people.teams.named(submission.name), people.sharing(submission.name)
        if team and members:
            names = ", ".join(people.student(name).label for name in members)
            found[team.name] = {"label": f"{team.title} ({names})", "result": members[0]}
    write_atomic(files.out / FILE, json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def read_team_results(out: Path) -> dict[str, GradedTeam]:
    """Return the teams of a grading by the names of their submissions; empty if everyone worked alone."""
    try:
        table = json.loads((out / FILE).read_text(encoding="utf-8"))
        return {name: GradedTeam(str(one["label"]), str(one["result"])) for name, one in table.items()}
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return {}
