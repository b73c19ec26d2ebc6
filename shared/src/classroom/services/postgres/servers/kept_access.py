"""Log in to a database that is kept, whether its server is running or not."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from classroom.core.errors import CouldNotCheck
from classroom.core.ports import HOST
from classroom.services.postgres.access import Access
from classroom.services.postgres.connect import reaches
from classroom.services.postgres.servers.kept import DATABASE, ROLE, KeptServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PORT_LINE, SOCKET_LINE = 3, 4  # of postmaster.pid


@contextlib.contextmanager
def kept_access(folder: Path) -> Iterator[Access]:
    """Yield how to log in to the database in a folder; a server that does not run is started for the block.

    Raises:
        CouldNotCheck: the server does not start.
    """
    if access := running(folder):
        yield access
        return
    with contextlib.ExitStack() as opened:
        try:
            access = opened.enter_context(KeptServer(folder))
        except CouldNotCheck:  # someone else has started it since
            if (access := running(folder)) is None:
                raise
        yield access


def running(folder: Path) -> Access | None:
    """Return how to log in to the server in a folder, or None if it is not running."""
    try:
        lines = (folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        password = (folder / "password").read_text(encoding="utf-8")
        access = Access(HOST, int(lines[PORT_LINE]), ROLE, password, DATABASE, lines[SOCKET_LINE] or None)
    except (OSError, IndexError, ValueError):
        return None
    return access if reaches(access) else None
