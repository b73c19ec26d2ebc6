"""The mutants that `grading/design.md` names as right answers, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment

HEADING = "Mutants that are right answers"
FENCE = "```"


@dataclass
class Named:
    """The contents of the section.

    Attributes:
        reasons: for each mutant, by its short form, why it is right.
        problems: what could not be read.
    """

    reasons: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def named(assignment: Assignment) -> Named:
    """Return the mutants that a week names as right: a reason, then a fenced block with one short form per line."""
    path = assignment.folder / "grading" / "design.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = Named()
    section = re.split(rf"^## {HEADING}$", text, maxsplit=1, flags=re.MULTILINE)
    if len(section) == 1:
        return found
    reason, fenced = "", False
    for line in section[1].splitlines():
        content = line.strip()
        if content.startswith(FENCE):
            fenced = not fenced
            if fenced and not reason:
                found.problems.append(f"{path}: a block under {HEADING!r} has no reason above it.")
            reason = reason if fenced else ""
        elif fenced and content:
            if content in found.reasons:
                found.problems.append(f"{path} lists a mutant twice: {content}")
            found.reasons[content] = reason
        elif line.startswith("## "):
            break
        elif content:
            reason = f"{reason} {content}".strip()
    return found
