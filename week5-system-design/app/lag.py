"""Makes the replica lag, so that you can feel it: start the site with REPLICA_LAG_SECONDS=5 (provided).

`run` has one database with two roles, so nothing lags there. With this setting, reads go to a transaction that began
that many seconds ago and still sees the database as it was then. Checks never set it.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.settings import settings

STEPS = 4  # transactions that begin while the replica lags


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """A session that reads: the newest state, or an earlier one while REPLICA_LAG_SECONDS is set."""
    if settings.replica_lag_seconds <= 0:
        with Session(engine) as newest:
            yield newest
        return
    past = _past(engine)
    with past.turn, Session(past.moments[0][1]) as earlier:
        yield earlier


def begin(engine: Engine) -> None:
    """Remember the state of the database from now on, if the replica is to lag."""
    if settings.replica_lag_seconds > 0:
        _past(engine)


@cache
def _past(engine: Engine) -> "Past":
    return Past(engine, settings.replica_lag_seconds)


class Past:
    """Transactions that began one after the other; the first in the row is the one to read from."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self.engine, self.seconds = engine, seconds
        self.turn = threading.Lock()  # a connection serves one request at a time
        self.moments: deque[tuple[float, Connection]] = deque()
        self._begin()
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        while True:
            time.sleep(self.seconds / STEPS)
            with suppress(SQLAlchemyError):
                self._begin()

    def _begin(self) -> None:
        connection = self.engine.connect().execution_options(isolation_level="REPEATABLE READ")
        connection.exec_driver_sql("SELECT 1")  # the first statement decides which state a transaction sees
        now = time.monotonic()
        with self.turn:
            self.moments.append((now, connection))
            while len(self.moments) > 1 and self.moments[1][0] <= now - self.seconds:
                self.moments.popleft()[1].close()
