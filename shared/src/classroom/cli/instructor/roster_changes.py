"""Print how a roster differs from the one before, and ask about it."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.text import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.instructor.roster import Roster, Student


def confirm_roster(path: Path, out: Path, submissions: Path, *, yes: bool) -> None:
    """Print how the roster of a grading differs from the one that was known, and ask about it in a terminal.

    Scripts go on: unlike `open`, a grading with the roster before brings everything back.

    Raises:
        UsageError: the answer is no.
    """
    from classroom.instructor.grading.students import is_classrooms, roster_changes

    roster = roster_changes(path, out, submissions)
    if not roster.is_change:
        return
    print("  This roster differs from the one before:")
    print_changes(roster, renamed="", dropped="no longer in the gradebook", indent="    ")
    in_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if yes or is_classrooms(path) or not in_terminal:
        return
    if not is_confirmed("  Grade with these changes?"):
        raise UsageError("Nothing was graded.")


def print_changes(roster: Roster, *, renamed: str, dropped: str, indent: str = "  ") -> None:
    """Print a line for each change.

    Args:
        roster: the new roster, which knows what changed.
        renamed: what becomes of renamed students, with `{}` for the username before.
        dropped: what becomes of dropped students.
        indent: at the beginning of each line.
    """
    for student in roster.added:
        print(f"{indent}added    {named(student)}")
    for before, after in roster.renamed:
        print(f"{indent}renamed  {named(before)} is now {named(after)}{renamed.format(before.username)}")
    for student in roster.dropped:
        print(f"{indent}dropped  {named(student)}; {dropped}")


def named(student: Student) -> str:
    """Return a student's real name with the username of the roster."""
    return one_line(student.named(student.login or student.username))


def is_confirmed(question: str) -> bool:
    """Return whether the answer to a question in the terminal is yes."""
    with contextlib.suppress(EOFError):
        return input(f"{question} [y/N] ").strip().casefold() in {"y", "yes"}
    return False
