"""The connections that an app has open to its database, as the server reports them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.services.postgres.database import Database

STUCK = 2  # seconds in a transaction after which a connection is taken to stay there
PAUSE = 0.05


def open_transactions(connections: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those connections that are in a transaction.

    Args:
        connections: as `Database.connections` returns them.
    """
    return [connection for connection in connections if connection["state"] not in ("idle", None)]


def at_rest(database: Database, seconds: float = STUCK) -> list[dict[str, Any]]:
    """Wait until no connection of the app is running a statement, at most this many seconds; return all of them.

    A connection that has been in its transaction for longer than `STUCK` is not waited for: it stays there.
    """
    end = time.monotonic() + seconds
    while True:
        connections = database.connections()
        waited_for = [each for each in open_transactions(connections) if each["seconds"] < STUCK]
        if not waited_for or time.monotonic() > end:
            return connections
        time.sleep(PAUSE)
