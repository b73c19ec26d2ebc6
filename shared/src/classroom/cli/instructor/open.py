"""Commands that open a classroom in a folder, add students and weeks to it, and give out what has changed."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from classroom.cli.instructor.classrooms import print_left_out, status_of
from classroom.cli.instructor.logs import start_logging, takes_verbose
from classroom.cli.instructor.roster_changes import is_confirmed, named, print_changes
from classroom.cli.instructor.zone import takes_timezone
from classroom.cli.parser import path_of
from classroom.core.errors import UsageError
from classroom.core.text import one_line

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from classroom.cli.parser import Group
    from classroom.instructor.roster import Roster


def declare(group: Group) -> None:
    """Declare the commands of this module."""
    _declare_open(group)
    _declare_update(group)


def _declare_open(group: Group) -> None:
    command = group.add(
        "open",
        _open,
        "create a classroom in a folder: a repository for each student and week",
        "classroom open /srv/classroom --roster roster.csv --weeks 1,2",
    )
    command.add_argument("folder", type=path_of, metavar="DIR", help="a new folder, or a classroom to add to")
    command.add_argument(
        "--roster",
        type=path_of,
        metavar="CSV",
        help="the students: an export from GitHub Classroom, Classroom 50, Canvas or Moodle, a table, or a list of names",
    )
    command.add_argument("--weeks", type=_weeks, required=True, metavar="N,N", help="week numbers or folders")
    command.add_argument(
        "--closes", default="", metavar="TIME", help="reject pushes from this time on, such as 2026-12-01T18:00"
    )
    takes_timezone(command, "the classroom's time zone, such as Europe/Berlin (initially this machine's)")
    command.add_argument("--yes", action="store_true", help="answer yes to all questions about the roster and times")
    takes_verbose(command, "log each new repository")


def _declare_update(group: Group) -> None:
    command = group.add(
        "update",
        _update,
        "put a week's new handout on the `handout` branch of every student's repository",
        "classroom update /srv/classroom --weeks 1",
    )
    command.add_argument("folder", type=path_of, metavar="DIR", help="a classroom made by `open`")
    command.add_argument("--weeks", type=_weeks, required=True, metavar="N,N", help="week numbers or folders")


def _update(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.classroom import Classroom
    from classroom.instructor.classrooms.update import update_classroom

    classroom = Classroom(arguments.folder)
    labels = {student.username: named(student) for student in classroom.students()}
    problems: list[str] = []
    for week in update_classroom(classroom, arguments.weeks):
        print(f"{week.week}: {len(week.given)} given the new handout, {week.current} already had it")
        for username, files in week.conflicts.items():
            print(
                f"  {labels.get(username, username)} has also changed {one_line(', '.join(files))}: git will ask them to resolve the conflict"
            )
        print_left_out(week.left_out)
        problems += week.problems
        if week.given:
            print("  Their next push tells them to type: git pull --no-rebase origin handout")
    return status_of(problems)


def _weeks(text: str) -> list[str]:
    return [week.strip() for week in text.split(",") if week.strip()]


def _open(arguments: argparse.Namespace) -> int:
    from classroom.instructor.classrooms.open import open_classroom

    start_logging(verbose=arguments.verbose, level=logging.WARNING)
    confirm = _Confirm(arguments.roster, yes=arguments.yes)
    problems: list[str] = []
    for week in open_classroom(
        arguments.folder, arguments.roster, arguments.weeks, arguments.closes, arguments.timezone, confirm
    ):
        closing = f"; it accepts no push from {week.closes} on" if week.closes else ""
        print(f"{week.week}: {week.new} new, {week.kept} kept, in {arguments.folder / week.week}{closing}")
        print_left_out(week.left_out)
        problems += week.problems
    return status_of(problems)


class _Confirm:
    """Asks on the terminal before something is changed.

    Args:
        roster: the file with the new roster.
        yes: whether to go on without asking.
    """

    def __init__(self, roster: Path | None, *, yes: bool) -> None:
        self.file = roster
        self.yes = yes

    def roster(self, roster: Roster) -> None:
        """Print how the roster was understood, and ask about each change."""
        print(f"{self.file}: {roster.summary()}")
        if not roster.is_change:
            return
        print("This roster differs from the classroom's:")
        print_changes(
            roster,
            renamed="; the repository stays {}",
            dropped="the repository stays, but is no longer collected",
        )
        self._ask("Accept these changes?")

    def zone(self, before: str, after: str) -> None:
        """Ask about another time zone."""
        print(
            f"The time zone of this classroom is {before}. "
            f"Changing it to {after} shifts all times in adjustments.csv that have no zone of their own."
        )
        self._ask("Change the time zone?")

    def past(self, closing: str) -> None:
        """Ask about a closing time in the past."""
        print(f"The closing time {closing} is in the past: no push will be accepted from now on.")
        self._ask("Close now?")

    def _ask(self, question: str) -> None:
        """Raise UsageError if the answer is no, or if there is no terminal to ask in."""
        if self.yes:
            return
        if not sys.stdin.isatty():
            raise UsageError("Nothing was changed. To continue without being asked, add --yes.")
        if not is_confirmed(question):
            raise UsageError("Nothing was changed.")
