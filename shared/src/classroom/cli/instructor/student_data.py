"""Commands for one student's data: a copy of everything, and its removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.cli.instructor.classrooms import repositories, status_of, takes_classroom
from classroom.cli.instructor.database_option import database_of, take_database
from classroom.cli.parser import path_of
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group, Parser

KEPT = (
    "The log, earlier backups and grades folders elsewhere still contain the name. "
    "So do a week's gradebook and class page until the week is graded again."
)


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    command = group.add(
        "export-student",
        _export,
        "write everything that is stored about one student to a ZIP file",
        "classroom export-student /srv/classroom ada --to ada.zip",
    )
    _take_student(command)
    command.add_argument("--to", type=path_of, required=True, metavar="FILE", help="a new file")
    command = group.add(
        "forget-student",
        _forget,
        "remove everything stored about a student who is no longer on the roster",
        "classroom forget-student /srv/classroom ada",
    )
    _take_student(command)
    command.add_argument("--yes", action="store_true", help="do not ask")


def _take_student(command: Parser) -> None:
    takes_classroom(command)
    command.add_argument("student", metavar="STUDENT", help="username, identifier, email or name")
    take_database(command, "the site's database, if you run `serve` with this option")


def _export(arguments: argparse.Namespace) -> int:
    from classroom.instructor.backup.student_data import export_student, find_student
    from classroom.instructor.classrooms.classroom import Classroom

    classroom = Classroom(arguments.folder)
    student, _ = find_student(classroom, arguments.student)
    problems: list[str] = []
    weeks = export_student(classroom, student, arguments.to, problems.append, database_of(arguments))
    print(f"{student.named(student.username)}, {len(weeks)} week{'' if len(weeks) == 1 else 's'}: {arguments.to}")
    return status_of(problems)


def _forget(arguments: argparse.Namespace) -> int:
    from classroom.cli.instructor.roster_changes import is_confirmed
    from classroom.instructor.backup.forgetting import forget
    from classroom.instructor.backup.student_data import find_student
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.ownership import ensure_writable

    classroom = Classroom(arguments.folder)
    ensure_writable(classroom.folder)
    student, is_listed = find_student(classroom, arguments.student)
    name = student.named(student.username)
    question = f"Remove all repositories, results and rows of {name}? This cannot be undone."
    if not is_listed and not arguments.yes and not is_confirmed(question):
        raise UsageError("Nothing was removed.")
    removed = forget(classroom, student, database_of(arguments))
    print(f"Removed {repositories(removed)} of {name}, with results, rows and access.")
    print(KEPT)
    return 0
