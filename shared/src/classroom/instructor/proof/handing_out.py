"""Check that a week can be handed out: published, and exported for Classroom 50."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.scratch import ScratchDir
from classroom.instructor.handout.classroom50 import export_classroom50
from classroom.instructor.handout.publish import publish

if TYPE_CHECKING:
    from classroom.core.assignment import Assignment


def problems(assignment: Assignment) -> list[str]:
    """Return why a week cannot be published or exported, if so; git need not track it yet."""
    week = assignment.folder
    if not (assignment.course / "shared").is_dir():
        return []
    with ScratchDir("verify") as scratch:
        try:
            publish(str(week), str(scratch / "edition"), week, draft=True)
            export_classroom50(str(week), scratch / "classroom50", draft=True)
        except ClassroomError as error:
            return [f"{assignment.name} cannot be published: {error}"]
    return []
