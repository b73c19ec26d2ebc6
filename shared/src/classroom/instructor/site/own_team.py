"""A student's team, as pages show it: who is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classroom.instructor.roster import Student
    from classroom.instructor.site.context import Context
    from classroom.instructor.site.student_weeks import StudentWeek


def people_of(context: Context, own: StudentWeek) -> list[Student]:
    """Return the members of a student's team who are on the roster, by name; nobody without a team."""
    members = own.team.members if own.team else ()
    found = [student for student in context.classroom.students() if student.username in members]
    return sorted(found, key=lambda student: student.label.casefold())
