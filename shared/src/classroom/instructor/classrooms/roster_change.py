"""Another roster for a classroom: compared with the one before, and written with the list of those who left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.instructor.classrooms.classroom import ROSTER
from classroom.instructor.roster import DROPPED, Roster, Student, former_students, read_roster, write_roster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

UPLOADED = "roster-upload.csv"  # in `.classroom`: the last one that was uploaded on the site, and not accepted yet


def listed_students(folder: Path) -> list[Student]:
    """Return the students on the roster of a folder; none if it has no roster yet."""
    path = folder / ROSTER
    return list(read_roster(path)) if path.exists() else []


def compared(folder: Path, before: Sequence[Student], path: Path) -> tuple[Roster, list[Student]]:
    """Return a new roster, which knows what changed, and who was on the roster and no longer is.

    Args:
        folder: of the classroom.
        before: the students on its roster.
        path: the CSV file with the new roster.

    Raises:
        UsageError: the file is not a roster.
    """
    former = former_students(folder / ROSTER) if before else []
    changed = read_roster(path, before, former)
    names = {student.username for student in changed}
    return changed, [student for student in (*former, *changed.dropped) if student.username not in names]


def write_rosters(folder: Path, students: Sequence[Student], former: Sequence[Student]) -> None:
    """Write both lists; a kill in between can leave a student on both, and never on neither."""
    names = {student.username for student in students}
    before = former_students(folder / ROSTER) if (folder / ROSTER).exists() else []
    returning = [student for student in before if student.username in names]
    if former or returning:
        write_roster(folder / DROPPED, [*former, *returning])
    write_roster(folder / ROSTER, students)
    if not former:
        (folder / DROPPED).unlink(missing_ok=True)
    elif returning:
        write_roster(folder / DROPPED, former)
