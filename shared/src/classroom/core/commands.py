"""Commands as the user types them: make targets if make called the kit, otherwise the commands for the week's folder."""

from __future__ import annotations

import os
import re

ALONE = "week"  # the value of CLASSROOM_MAKE in the Makefile of a week or an extra that is handed out alone


def typed(verb: str, week: str, task: int | None = None, **options: int) -> str:
    """Return a command line.

    Args:
        verb: the command, such as `check`.
        week: the name of the week's folder.
        task: the number of a task, if the command takes one.
        options: further options, such as `port=8001`.
    """
    number = re.sub(r"^week0*(\d+).*", r"\1", week)
    if make := os.environ.get("CLASSROOM_MAKE"):
        which = [] if make == ALONE else [f"WEEK={number}"]
        words = [f"make {verb}", *which, *([f"TASK={task}"] if task else [])]
        return " ".join([*words, *(f"{name.upper()}={value}" for name, value in options.items())])
    words = [f"python -m classroom {verb}", *([str(task)] if task else [])]
    return " ".join([*words, *(f"--{name.replace('_', '-')} {value}" for name, value in options.items())])
