"""Commands as the user types them: make targets if make called the kit, otherwise the commands for the current folder."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from classroom.core.assignment import EXTRA, FILE

ALONE = "week"  # the value of CLASSROOM_MAKE in the Makefile of a week or an extra that is handed out alone


def typed(verb: str, week: str, task: int | None = None, *, here: bool = True, **options: int | str) -> str:
    """Return a command line.

    Args:
        verb: the command, such as `check`.
        week: the name of the week's folder.
        task: the number of a task, if the command takes one.
        here: whether it will be typed in the current folder; otherwise in the week's.
        options: further options, such as `port=8001`.
    """
    number = re.sub(r"^week0*(\d+).*", r"\1", week)
    if make := os.environ.get("CLASSROOM_MAKE"):
        which = [] if make == ALONE else [f"WEEK={number}"]
        words = [f"make {verb}", *which, *([f"TASK={task}"] if task else [])]
        return " ".join([*words, *(f"{name.upper()}={value}" for name, value in options.items())])
    which = [number] if here and _is_below(week) else []
    words = [f"python -m classroom {verb}", *which, *([str(task)] if task else [])]
    return " ".join([*words, *(f"--{name.replace('_', '-')} {value}" for name, value in options.items())])


def _is_below(week: str) -> bool:
    """Return whether the current folder is the course's, or an extra's week's, so that a command has to name the week."""
    with contextlib.suppress(OSError):  # the current folder may have been deleted
        here = Path.cwd()
        places = [here / week, here / EXTRA / week, *(each / EXTRA / week for each in here.glob("week*"))]
        return any((place / FILE).is_file() for place in places)
    return False
