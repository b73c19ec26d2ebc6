"""One way in: a server that the user names, a container where it is asked for, else the embedded one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from classroom.errors import CouldNotCheck
from classroom.services.keeper import Keeper

if TYPE_CHECKING:
    from classroom.services.server import Server


def open_postgres() -> Keeper:
    """Return a keeper on the server that the environment asks for.

    Raises:
        CouldNotCheck: There is none; the sentence says why and what to do.
    """
    return Keeper(open_server())


def open_server() -> Server:
    """Return the server itself: DATABASE_URL, POSTGRES=container, or the embedded one."""
    if url := os.environ.get("DATABASE_URL"):
        from classroom.services.given import Given

        return Given(url)
    way = os.environ.get("POSTGRES", "embedded")
    if way == "container":
        from classroom.services.container import Container

        return Container()
    if way != "embedded":
        raise CouldNotCheck(f"POSTGRES is {way!r}: set it to container or embedded, or take it out of the environment.")
    from classroom.services.embedded import Embedded

    return Embedded()
