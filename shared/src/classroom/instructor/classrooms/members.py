"""Who may use a team's repository over ssh: written into the repository, where the forced command reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.core.files import write_atomic
from classroom.instructor.teams import MEMBERS

if TYPE_CHECKING:
    from classroom.instructor.classrooms.classroom import Classroom


def write_members(classroom: Classroom) -> None:
    """Write the members of each team who are on the roster; a file that is already right is left alone."""
    listed = {student.username for student in classroom.students()}
    for path in (classroom.state_dir / "weeks").glob("[!.]*"):
        teams = classroom.teams(path.name)
        for team in teams.teams if teams else ():
            repository = classroom.repository(path.name, team.name)
            text = "".join(f"{member}\n" for member in team.members if member in listed)
            file = repository.path / MEMBERS if repository else None
            if file and not (file.exists() and file.read_text(encoding="utf-8") == text):
                write_atomic(file, text)
