"""The command that opens a classroom in a folder, and adds students and weeks to one."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from classroom.cli.instructor.classrooms import print_left_out, status_of
from classroom.cli.instructor.logs import start_logging, takes_verbose
from classroom.cli.parser import path_of
from classroom.core.errors import UsageError
from classroom.core.text import one_line

if TYPE_CHECKING:
    import argparse

    from classroom.cli.parser import Group
    from classroom.instructor.roster import Roster, Student


def declare(group: Group) -> None:
    """Declare the command."""
    command = group.add(
        "open",
        _open,
        "make a classroom in a folder: a repository for each student and week",
        "classroom open /srv/classroom --roster roster.csv --weeks 1,2",
    )
    command.add_argument("folder", type=path_of, metavar="DIR", help="a new folder, or a classroom to add to")
    command.add_argument(
        "--roster",
        type=path_of,
        metavar="CSV",
        help="the students: an export of GitHub Classroom, Classroom 50, Canvas or Moodle, a table, or a list of names",
    )
    command.add_argument("--weeks", type=_weeks, required=True, metavar="N,N", help="numbers or folders of weeks")
    command.add_argument("--closes", metavar="TIME", help="reject pushes from this time on, such as 2026-12-01T18:00")
    command.add_argument("--yes", action="store_true", help="accept all changes of the roster without asking")
    takes_verbose(command, "log each repository that is made")


def _weeks(text: str) -> list[str]:
    return [week.strip() for week in text.split(",") if week.strip()]


def _open(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.open import open_classroom
    from classroom.instructor.grading.deadline import deadline_of

    start_logging(verbose=arguments.verbose, level=logging.WARNING)
    closes = deadline_of(arguments.closes).moment if arguments.closes else None

    def confirm(roster: Roster) -> None:
        print(f"{arguments.roster}: {roster.summary()}")
        if roster.is_change:
            _confirm_changes(roster, yes=arguments.yes)

    problems: list[str] = []
    for week in open_classroom(arguments.folder, arguments.roster, arguments.weeks, closes, confirm):
        closing = f"; it accepts no push from {week.closes} on" if week.closes else ""
        print(f"{week.week}: {week.new} new, {week.kept} kept, in {arguments.folder / week.week}{closing}")
        print_left_out(week.left_out)
        problems += week.problems
    return status_of(problems)


def _confirm_changes(roster: Roster, *, yes: bool) -> None:
    """Print each change of a roster, and ask whether to go on.

    Raises:
        UsageError: the answer is no, or there is no terminal to ask in.
    """
    print("This roster differs from the classroom's:")
    for student in roster.added:
        print(f"  added    {_named(student)}")
    for before, after in roster.renamed:
        print(f"  renamed  {_named(before)} is now {_named(after)}; the repository stays {before.username}")
    for student in roster.dropped:
        print(f"  dropped  {_named(student)}; the repository stays, and is no longer collected")
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("Nothing was changed. To accept these changes, add --yes.")
    if input("Accept these changes? [y/N] ").strip().casefold() not in {"y", "yes"}:
        raise UsageError("Nothing was changed.")


def _named(student: Student) -> str:
    return one_line(f"{student.label} ({student.login or student.username})")
