"""The extra exercises of a week on the site: where their uploaded files belong, and who has finished which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.assignment import EXTRA, Assignment, duration
from classroom.core.course import extras
from classroom.instructor.site import official
from classroom.instructor.site.file_names import placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.site.file_names import Parts


@dataclass(frozen=True)
class StudentExtra:
    """An extra exercise as a student's page lists it; it is finished once a released grading gave all points."""

    name: str
    title: str
    duration: str
    is_finished: bool


def week_extras(classroom: Classroom, week: Assignment) -> dict[str, Assignment]:
    """Return the extras that are handed out and graded with a week, by name; one opened as a week is not among them."""
    opened = {each.name for each in classroom.weeks()}
    found = (Assignment.load(folder) for folder in extras(week.folder).values())
    return {each.name: each for each in found if each.name not in opened}


def student_extras(classroom: Classroom, week: Assignment, username: str) -> list[StudentExtra]:
    """Return the extras of a week, with what a student may know of the grading."""
    found = []
    for name, extra in week_extras(classroom, week).items():
        result = official.result_of(classroom, name, username)
        found.append(StudentExtra(name, extra.title, duration(extra.minutes), bool(result and result.green)))
    return found


def placed_with_extras(
    names: Iterable[Parts], week: Assignment, known: Mapping[str, Assignment], chosen: str = ""
) -> dict[Parts, str | None]:
    """Return for each uploaded file its path in the week's folder, or None if neither week nor extra takes it.

    Args:
        names: of the files.
        week: the week.
        known: its extras, by name.
        chosen: the extra that all files are for; empty if their folders say so.

    Raises:
        NotAccepted: the week or an extra is there more than once.
    """
    groups: dict[str, list[Parts]] = {}
    for parts in names:
        groups.setdefault(chosen or _extra_of(parts, known), []).append(parts)
    found: dict[Parts, str | None] = {}
    for name, group in groups.items():
        top = f"{EXTRA}/{name}/" if name else ""
        places = placed(group, known[name] if name else week)
        found |= {parts: f"{top}{path}" if path else None for parts, path in places.items()}
    return found


def _extra_of(parts: Parts, known: Mapping[str, Assignment]) -> str:
    """Return the extra whose folder a file is in; empty if it is in none."""
    for at, part in enumerate(parts[:-1]):
        if part in known and (at == 0 or parts[at - 1] == EXTRA):
            return part
    return ""
