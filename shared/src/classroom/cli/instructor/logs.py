"""Logging of the commands that run long: to a terminal, with the time of each line."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import argparse

TIME = "%Y-%m-%d %H:%M:%S"
PLAIN = "%(asctime)s  %(message)s"
VERBOSE = "%(asctime)s  %(levelname)-7s %(name)s: %(message)s"


class StreamHandler(logging.StreamHandler[TextIO]):
    """Writes to the current `sys.stdout` or `sys.stderr`: a progress bar replaces them to stay below the lines."""

    def __init__(self, name: str) -> None:
        self.stream_name = name
        super().__init__()

    @property
    def stream(self) -> TextIO:
        """The current stream."""
        return getattr(sys, self.stream_name)  # type: ignore[no-any-return]

    @stream.setter
    def stream(self, _: TextIO) -> None:
        """Ignore the stream that the base class sets."""


def takes_verbose(
    command: argparse.ArgumentParser, about: str = "log each student, with the time and duration"
) -> None:
    """Give a command the option -v."""
    command.add_argument("-v", "--verbose", action="store_true", help=about)


def start_logging(*, verbose: bool, level: int = logging.INFO, stream: str = "stderr") -> None:
    """Log what the kit does.

    Args:
        verbose: whether to log the level, the module and details as well.
        level: the lowest level that is logged without `verbose`.
        stream: `stdout` or `stderr`.
    """
    handler = StreamHandler(stream)
    handler.setFormatter(logging.Formatter(VERBOSE if verbose else PLAIN, TIME))
    logger = logging.getLogger("classroom")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(min(level, logging.DEBUG) if verbose else level)
