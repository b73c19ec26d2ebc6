"""The option --timezone of several commands."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def takes_timezone(command: argparse.ArgumentParser, about: str) -> None:
    """Give a command the option --timezone."""
    command.add_argument("--timezone", type=_zone_of, metavar="ZONE", help=about)


def _zone_of(text: str) -> ZoneInfo:
    from classroom.instructor.time_zone import zone_named

    try:
        return zone_named(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from None
