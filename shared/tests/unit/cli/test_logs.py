"""What the commands log: the time of each line, and more with -v."""

import logging
import re

import pytest
from classroom.cli.instructor.logs import start_logging


@pytest.fixture(autouse=True)
def kept():
    """Leave the kit's logger as it was."""
    logger = logging.getLogger("classroom")
    before = logger.handlers, logger.level
    yield
    logger.handlers, level = before
    logger.setLevel(level)


def test_line_begins_with_the_time(capsys):
    """A line has date and time, and then the message alone."""
    start_logging(verbose=False, stream="stdout")

    logging.getLogger("classroom.x").info("week1  ada  %d/100", 70)
    logging.getLogger("classroom.x").debug("a detail")

    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  week1  ada  70/100\n", capsys.readouterr().out)


def test_verbose_adds_level_module_and_details(capsys):
    """With -v details are logged, too, each line with its level and its module."""
    start_logging(verbose=True, level=logging.WARNING)

    logging.getLogger("classroom.x").debug("a detail")

    assert capsys.readouterr().err.endswith("DEBUG   classroom.x: a detail\n")


def test_without_verbose_only_what_matters_is_logged(capsys):
    """A command that prints its results logs warnings only, until asked for more."""
    start_logging(verbose=False, level=logging.WARNING)

    logging.getLogger("classroom.x").info("a result")
    logging.getLogger("classroom.x").warning("a warning")

    assert capsys.readouterr().err.splitlines()[0].endswith("  a warning")


def test_started_twice_logs_once(capsys):
    """A second start replaces the first."""
    start_logging(verbose=False)
    start_logging(verbose=False)

    logging.getLogger("classroom.x").info("once")

    assert len(capsys.readouterr().err.splitlines()) == 1
