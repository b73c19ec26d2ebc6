"""The command that grants an extension, excuses a student or changes points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from classroom.cli.parser import assignment_of, path_of
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group
    from classroom.core.assignment import Assignment
    from classroom.instructor.classrooms.classroom import Classroom


def declare(group: Group) -> None:
    """Declare the command."""
    from classroom.instructor.grading.adjustments import KINDS

    command = group.add(
        "adjust",
        _adjust,
        "grant an extension, excuse a student, or change points, in adjustments.csv",
        "classroom adjust /srv/classroom ada 1 extension +2d --note ill",
    )
    command.add_argument("folder", type=path_of, metavar="DIR", help="the classroom, or the submissions folder")
    command.add_argument(
        "student",
        metavar="STUDENT",
        help="username, identifier, email or name; a team's name, such as team-blue; '*' for everyone",
    )
    command.add_argument("week", metavar="WEEK", help="a week's folder or number")
    command.add_argument("kind", choices=KINDS, metavar="KIND", help=f"one of {', '.join(KINDS)}")
    command.add_argument(
        "value",
        nargs="?",
        default="",
        metavar="VALUE",
        help="extension: a time or +2d; waive: a task; points: 6=+5 or 6=10; late: none; comment: what the student reads",
    )
    command.add_argument("--note", default="", metavar="TEXT", help="your reason, which the student does not see")
    command.add_argument("--show-note", action="store_true", help="show the note to the student")


def _adjust(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.adjust import adjust, entry_of
    from classroom.instructor.classrooms.classroom import STATE, Classroom

    if not arguments.folder.is_dir():
        raise UsageError(f"There is no folder {arguments.folder}: give a classroom, or the submissions folder.")
    classroom = Classroom(arguments.folder) if (arguments.folder / STATE).is_dir() else None
    assignment = week_of(arguments.week, classroom)
    asked = (arguments.student, assignment.name, arguments.kind, arguments.value, arguments.note)
    path = adjust(arguments.folder, assignment, entry_of(*asked, show_note=arguments.show_note), classroom)
    print(f"Added to {path}. The next grading run applies it; to undo it, remove its row.")
    return 0


def week_of(named: str, classroom: Classroom | None) -> Assignment:
    """Return a week by folder or number; away from the course, one that was opened in the classroom."""
    from classroom.core.assignment import Assignment, course_top
    from classroom.core.course import find

    if classroom and course_top(Path.cwd()) is None and not Path(named).is_dir():
        return Assignment.load(find(named, classroom.state_dir / "weeks"))
    return assignment_of(named)
