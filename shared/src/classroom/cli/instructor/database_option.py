"""The option `--database`, and the environment variable that can take its place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

VARIABLE = "CLASSROOM_DATABASE"


def take_database(command: argparse._ActionsContainer, what: str) -> None:
    """Give a command the option.

    Args:
        command: the command.
        what: which database it is, for the help.
    """
    help_text = f"{what}; with a password in it, set {VARIABLE} instead, which `ps` does not show"
    command.add_argument("--database", metavar="URL", default="", help=help_text)


def database_of(arguments: argparse.Namespace) -> str:
    """Return the URL of the option, or else of the environment, which the processes of this one then do not inherit."""
    named = os.environ.pop(VARIABLE, "")
    return arguments.database or named
