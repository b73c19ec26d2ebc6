"""The commands in groups, each declared beside what it does: `work` is the student's, `grading` and `handing` the instructor's."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.core.assignment import Assignment

SANDBOXES = ("bubblewrap", "none")


class Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong, and what to type."""

    def error(self, message: str) -> NoReturn:
        """End with exit status 2."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}. Try: {self.prog} -h\n")


class Group:
    """Where a group of commands declares its own."""

    def __init__(self, commands: Any) -> None:
        self.commands = commands

    def add(self, name: str, act: Callable[[argparse.Namespace], int], about: str, example: str) -> Parser:
        """Declare a command: what it is called, what it does, and a line that shows it."""
        command: Parser = self.commands.add_parser(
            name,
            help=about,
            description=f"{about[:1].upper()}{about[1:]}.",
            epilog=f"Example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(act=act)
        return command


def takes_week(command: Parser, *, needed: bool = False) -> None:
    """Give a command the argument WEEK."""
    about = "a week's folder or number" + ("" if needed else "; in a week's folder it may be left out")
    command.add_argument("week", nargs=None if needed else "?", metavar="WEEK", help=about)


def takes_sandbox(command: Parser, default: str, about: str = "walls around each submission") -> None:
    """Give a command the option --sandbox."""
    command.add_argument("--sandbox", choices=SANDBOXES, default=default, help=about)


def positive(text: str) -> int:
    """A number from 1 up, as an option's type."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 up")
    return int(text)


def assignment_of(week: str | None) -> Assignment:
    """The week of this name or number."""
    from classroom.core.assignment import Assignment, find

    return Assignment.load(find(week))
