"""The votes in the database (provided, nothing to do here)."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

TABLE = "CREATE TABLE IF NOT EXISTS votes (id serial PRIMARY KEY, name text NOT NULL)"


class DatabaseAway(Exception):
    """The database does not respond."""


class Database:
    """A few connections to the database. The first one is opened when it is needed, not before."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 3})
        self._lock = Lock()
        self._has_table = False
        self._closed = False

    def add(self, name: str) -> int:
        """Store a vote, and return how many votes the name has now."""
        with self._transaction() as connection:
            connection.execute(text("INSERT INTO votes (name) VALUES (:name)"), {"name": name})
        return self.votes()[name]

    def votes(self) -> dict[str, int]:
        """Return the votes of each name, the name with the most votes first."""
        with self._transaction() as connection:
            rows = connection.execute(
                text("SELECT name, count(*) FROM votes GROUP BY name ORDER BY count(*) DESC, name")
            )
            return dict(rows.tuples().all())

    def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            DatabaseAway: there is none.
        """
        try:
            with self._open() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            raise DatabaseAway(str(error)) from error

    def close(self) -> None:
        """Close all connections. Afterwards, nothing can be stored or read."""
        self._closed = True
        self._engine.dispose()

    def _open(self) -> Connection:
        if self._closed:
            raise RuntimeError("The database was closed before this request was finished.")
        return self._engine.connect()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._lock:
            if not self._has_table:
                with self._open() as connection, connection.begin():
                    connection.execute(text(TABLE))
                self._has_table = True
        with self._open() as connection, connection.begin():
            yield connection
