"""Options that the commands for GitHub share, and what they read: the organization, the roster, the deadlines."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.cli.parser import path_of
from classroom.core.errors import CouldNotCheck, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from classroom.cli.parser import Parser
    from classroom.core.assignment import Assignment
    from classroom.instructor.github.organization import GitHubOrganization
    from classroom.instructor.grading.deadline import Deadline
    from classroom.instructor.roster import Roster, Student


def takes_week(command: Parser, *, optional: bool = False) -> None:
    """Give a command the organization and the week."""
    command.add_argument("organization", metavar="ORG", help="the organization on GitHub, such as school")
    count = "?" if optional else None
    command.add_argument("week", metavar="WEEK", nargs=count, help="a week's folder or number")
    command.add_argument("--template", metavar="NAME", help="the template repository in ORG (the week's name)")


def takes_deadline(command: Parser, about: str) -> None:
    """Give a command the deadline and the extensions."""
    command.add_argument("--deadline", metavar="TIME", help=about)
    command.add_argument(
        "--adjustments",
        type=path_of,
        metavar="CSV",
        help="the file with extensions (adjustments.csv next to the roster)",
    )


def takes_roster(command: Parser) -> None:
    """Give a command the roster."""
    command.add_argument(
        "--roster", type=path_of, required=True, metavar="CSV", help="the students, with their GitHub usernames"
    )
    command.add_argument("--csv", type=path_of, metavar="FILE", help="also write the table to this CSV file")


def opened(organization: str, *, remember: bool = False) -> AbstractContextManager[GitHubOrganization]:
    """Open an organization on GitHub; each long wait is announced on the error stream."""
    try:
        from classroom.instructor.github.organization import github
    except ModuleNotFoundError as error:
        raise CouldNotCheck(f"The package {error.name} is not installed: type make setup, and try again.") from None
    return github(organization, lambda sentence: print(sentence, file=sys.stderr, flush=True), remember=remember)


def roster_of(path: Path, *, quiet: bool = False) -> Roster:
    """Return a roster with the numbers of accounts, if it has them, and print how it was read unless `quiet`."""
    from classroom.instructor.github.hand_out import ID_HEADING
    from classroom.instructor.roster import read_roster

    roster = read_roster(path)
    if ID_HEADING in roster.unused:
        unused = tuple(heading for heading in roster.unused if heading != ID_HEADING)
        roster = replace(roster, columns={**roster.columns, ID_HEADING: ID_HEADING}, unused=unused)
    if not quiet:
        print(f"{path}: {roster.summary()}")
    return roster


def deadlines_of(
    arguments: argparse.Namespace, assignment: Assignment, roster: Roster
) -> Callable[[Student], Deadline | None]:
    """Return a function that gives each student's deadline, with an extension if there is one."""
    from classroom.instructor.grading.adjustments import FILE, Adjustments, read_adjustments
    from classroom.instructor.grading.deadline import deadline_of
    from classroom.instructor.named_student import named_student
    from classroom.instructor.time_zone import zone_near

    if arguments.deadline is None:
        if arguments.adjustments:
            raise UsageError("Extensions extend a deadline: add one, such as --deadline 2026-11-21T23:59.")
        return lambda _: None
    deadline = deadline_of(arguments.deadline, zone=zone_near(arguments.roster.parent))
    beside = arguments.roster.parent / FILE
    path = arguments.adjustments or (beside if beside.is_file() else None)
    adjustments = Adjustments(assignment)
    if path:

        def find(name: str) -> str | None:
            student = named_student(name, roster)
            return student.username if student else None

        adjustments = read_adjustments(path, assignment, week_names(assignment), find)
    return lambda student: adjustments.deadline(student.username, deadline)


def week_names(assignment: Assignment) -> list[str]:
    """Return the names of all weeks of the course that a week belongs to, and of their extras."""
    from classroom.core.assignment import course_top
    from classroom.core.course import assignment_folders

    top = course_top(assignment.folder.parent)
    others = [path.name for path in assignment_folders(top)] if top else []
    return list(dict.fromkeys([*others, assignment.name]))
