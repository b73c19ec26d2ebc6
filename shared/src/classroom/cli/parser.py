"""The parser of the command line, and the arguments that several commands share."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.core.assignment import Assignment

SANDBOXES = ("bubblewrap", "none")


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence with what to type."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end with exit status 2."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}. Try: {self.prog} -h\n")


class Group:
    """The subcommands, to which each module of commands adds its own."""

    def __init__(self, commands: Any) -> None:
        self.commands = commands

    def add(self, name: str, handler: Callable[[argparse.Namespace], int], about: str, example: str) -> Parser:
        """Add a command.

        Args:
            name: what is typed.
            handler: called with the arguments; returns the exit status.
            about: what it does, beginning with a verb in lower case.
            example: a command line that shows it.
        """
        command: Parser = self.commands.add_parser(
            name,
            help=about,
            description=f"{about[:1].upper()}{about[1:]}.",
            epilog=f"Example: {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(handler=handler)
        return command


def takes_week(command: Parser, *, needed: bool = False) -> None:
    """Give a command the argument WEEK."""
    about = "a week's folder or number, or an extra's name" + ("" if needed else "; optional in a week's folder")
    command.add_argument("week", nargs=None if needed else "?", metavar="WEEK", help=about)


def takes_sandbox(command: Parser, default: str, about: str = "sandbox around each submission") -> None:
    """Give a command the option --sandbox."""
    command.add_argument("--sandbox", choices=SANDBOXES, default=default, help=about)


def path_of(text: str) -> Path:
    """Return the path in an argument. `~` is the home folder: in quotes, and from make, it arrives as it was typed."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise argparse.ArgumentTypeError(f"{text} names an account that does not exist") from None


def path_or_address(text: str) -> str:
    """Return the path or Git URL in an argument, a path with the home folder for `~`."""
    return str(path_of(text)) if text.startswith("~") else text


def positive(text: str) -> int:
    """Return the number in an option's text, which must be at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive integer")
    return int(text)


def zero_or_more(text: str) -> int:
    """Return the number in an option's text, which must be at least 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not 0 or a positive integer")
    return int(text)


def number_within(lowest: float, highest: float) -> Callable[[str], float]:
    """Return a function that returns the number in an option's text, which must be within these limits."""

    def number(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not lowest <= found <= highest:
            raise argparse.ArgumentTypeError(f"{text} is not a number from {lowest:g} to {highest:g}")
        return found

    return number


def assignment_of(week: str | None) -> Assignment:
    """Return the week with a folder or number, or the extra with a name; None for the current folder's."""
    from classroom.core.assignment import Assignment
    from classroom.core.course import find

    return Assignment.load(find(week))
