"""Makes the replica lag, so that you can feel it: start the site with REPLICA_LAG_SECONDS=5 (provided).

`run` has one database with two roles, so nothing lags there. With this setting, reads go to a transaction that began
that many seconds ago and still sees the database as it was then: what a replica shows that applies each change that many
seconds later. REPLICA_LAG_FILE names a file with the seconds, which may change while the site runs. Checks set neither.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.settings import settings

STEPS = 4  # transactions that begin while the replica lags
LOOK_SECONDS = 0.1  # between two looks into the file
SHORTEST_STEP = 0.05


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """A session that reads: the newest state, or an earlier one while the replica lags."""
    if settings.replica_lag_seconds <= 0 and not settings.replica_lag_file:
        with Session(engine) as newest:
            yield newest
        return
    past = _past(engine)
    with past.turn:
        if past.moments:
            # In a savepoint: a commit, a rollback or an error of this session must not end the transaction.
            with Session(past.moments[0][1], join_transaction_mode="create_savepoint") as earlier:
                yield earlier
            return
    with Session(engine) as newest:
        yield newest


def begin(engine: Engine) -> None:
    """Remember the state of the database from now on, if the replica is to lag."""
    if settings.replica_lag_seconds > 0 or settings.replica_lag_file:
        _past(engine)


@cache
def _past(engine: Engine) -> "Past":
    return Past(engine)


class Past:
    """Transactions that began one after the other; the first in the row is the one to read from.

    They begin at even times of the clock, so that all instances on a machine see the same past.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.turn = threading.Lock()  # a connection serves one request at a time
        self.moments: deque[tuple[float, Connection]] = deque()
        with suppress(SQLAlchemyError):
            self._step(time.time(), _seconds())
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        while True:
            even = _even(_seconds())
            time.sleep(min(LOOK_SECONDS, even - time.time() % even))
            with suppress(SQLAlchemyError):
                self._step(time.time(), _seconds())

    def _step(self, now: float, seconds: float) -> None:
        """Begin a transaction if it is time for one, and end those that are no longer read from."""
        mark = now - now % _even(seconds)
        if seconds > 0 and (not self.moments or self.moments[-1][0] < mark):
            self._begin(mark)
        with self.turn:
            while self.moments and self._is_over(mark - seconds, seconds):
                self.moments.popleft()[1].close()

    def _is_over(self, until: float, seconds: float) -> bool:
        """Return whether the first transaction is no longer the one to read from, or was cut off.

        Until the second one is old enough, the replica stands still, as a real one does when its lag begins.
        """
        too_old = len(self.moments) > 1 and self.moments[1][0] <= until + 0.001
        return seconds <= 0 or too_old or self.moments[0][1].invalidated

    def _begin(self, mark: float) -> None:
        connection = self.engine.connect().execution_options(isolation_level="REPEATABLE READ")
        connection.exec_driver_sql("SELECT 1")  # the first statement decides which state a transaction sees
        with self.turn:
            self.moments.append((mark, connection))


def _even(seconds: float) -> float:
    """Return the seconds from one transaction to the next."""
    return max(seconds / STEPS, SHORTEST_STEP)


def _seconds() -> float:
    """Return how many seconds the replica is to lag now: what the file says, or else the setting."""
    with suppress(OSError, ValueError):
        return float(Path(settings.replica_lag_file).read_text(encoding="ascii"))
    return settings.replica_lag_seconds
