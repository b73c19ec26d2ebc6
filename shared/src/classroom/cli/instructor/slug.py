"""The option --slug of several commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def takes_slug(command: argparse.ArgumentParser, default: str = "the week's") -> None:
    """Give a command the option --slug."""
    command.add_argument(
        "--slug",
        default="",
        metavar="NAME",
        help=f"the prefix of the repositories' names, if it is not {default}: hw-one for hw-one-ada",
    )
