"""A system for one trial: the student's app with a new database, a new storage and free ports, thrown away at the end."""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from typing import TYPE_CHECKING

from classroom.core.ports import free_ports
from classroom.core.scratch import ScratchDir
from classroom.services.manager import Services
from classroom.student.local_system import LocalSystem, PartEndedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from classroom.core.assignment import Assignment

LAST_LINES = 30


@contextlib.contextmanager
def own_system(
    assignment: Assignment, *, workers: int = 0, show: Callable[[str, str], object] = lambda *_: None
) -> Iterator[LocalSystem]:
    """Start a system, and yield it; if a part does not start, the last lines that the parts have printed are shown.

    Args:
        assignment: a week with a whole system.
        workers: how many workers it has.
        show: called with the name of a part and each line that it prints.

    Raises:
        PartEndedError: a part did not start.
    """
    week, lines = assignment.folder, deque[str](maxlen=LAST_LINES)

    def note(name: str, line: str) -> None:
        lines.append(f"{name:>8}  {line}")
        show(name, line)

    with (
        ScratchDir("load") as scratch,
        contextlib.closing(Services(assignment.services)) as services,
        services.system_database() as database,
    ):
        scheme = assignment.database_scheme
        environment = {
            "DATABASE_URL": database.url_for(scheme),
            "DATABASE_REPLICA_URL": database.reader().url_for(scheme),
            "TRANSCODE_LOG": str(scratch / "transcode.log"),
        }
        with LocalSystem(
            week,
            week,
            scratch / "files",
            environment,
            free_ports(),
            note,
            workers=workers,
            database=database,
        ) as system:
            try:
                system.start()
            except PartEndedError:
                print(*lines, sep="\n", file=sys.stderr)
                raise
            yield system


def take_away(system: LocalSystem, parts: Sequence[str]) -> None:
    """Kill these parts, or let nobody in to the database as primary or replica."""
    for name in parts:
        if name in ("primary", "replica"):
            assert system.database is not None
            (system.database if name == "primary" else system.database.reader()).keep_out()
        else:
            system.kill(name)
