"""Many requests to an app, and a count of the database connections that it opens for them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from classroom.checks.expect import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from classroom.services.postgres.database import Database

T = TypeVar("T")
BETWEEN_LOOKS = 10  # calls
REST_SECONDS = 1.0


class Pressure:
    """Makes many calls, and counts the app's connections in the meantime.

    Args:
        database: the app's.
        at_once: how many calls are under way at the same time.
        most: connections that an app may have open at once.
    """

    def __init__(self, database: Database, *, at_once: int = 10, most: int = 20) -> None:
        self.database = database
        self.at_once = at_once
        self.most = most
        self.seen = 0

    def look(self) -> None:
        """Count the connections that are open now."""
        self.seen = max(self.seen, len(self.database.connections()))

    def one_by_one(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Make these calls one after the other, counting connections after every tenth; return their results."""
        results = []
        for number, call in enumerate(calls, 1):
            results.append(call())
            if number % BETWEEN_LOOKS == 0:
                self.look()
        return results

    def side_by_side(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Make these calls, `at_once` at a time, counting connections all the while; return their results in order."""
        with ThreadPoolExecutor(self.at_once) as pool:
            pending = [pool.submit(call) for call in calls]
            while not all(call.done() for call in pending):
                self.look()
                time.sleep(0.01)
        return [call.result() for call in pending]

    def few_connections(self) -> None:
        """Check that no more than `most` connections were open, and that none is left in a transaction.

        Raises:
            Failure: there were more, or one is still in a transaction after a second.
        """
        self.look()
        sentence = f"The app had {self.seen} database connections open at once, expected at most {self.most}."
        expect.that(self.seen <= self.most, sentence)
        end = time.monotonic() + REST_SECONDS
        while held := [row for row in self.database.connections() if "in transaction" in (row["state"] or "")]:
            sentence = f"At rest, {len(held)} connections are still in a transaction: {held[0]['query']}"
            expect.that(time.monotonic() < end, sentence)
            time.sleep(0.05)
