"""The course's own connections: with timeouts, and not redirected by environment variables."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Any

from classroom.core.errors import CouldNotCheck
from classroom.core.load import under_load
from classroom.services.postgres.bounded_query import is_usable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

    from classroom.services.postgres.access import Access

CONNECT_SECONDS = 5
MENDING_SECONDS = 20
PAUSE = 0.05
NAME = "classroom"  # what pg_stat_activity shows for the provisioner's own connections
# Where names are looked up. In `public` a submission may put operators, functions and types, and PostgreSQL prefers one of
# exactly the right types there to one of its own that needs a conversion. So only roles without rights of the server's, the
# submission's and the course's in its database, look there.
SYSTEM_ONLY, WITH_PUBLIC = "pg_catalog,pg_temp", "public"


def connect(
    access: Access, *, statement_s: float = 60, lock_s: float = 20, path: str = SYSTEM_ONLY, **other: Any
) -> psycopg.Connection[Any]:
    """Open a connection in autocommit mode, over the Unix socket if there is one.

    What is set in the start-up packet goes before anything that a role or a database has set for itself.

    Args:
        access: how to log in.
        statement_s: the seconds that a statement may take.
        lock_s: the seconds that it may wait for a lock.
        path: the search path; one with `public` is never for the provisioner's own role.
        other: what else libpq is told.
    """
    import psycopg

    limits = {
        "statement_timeout": f"{statement_s * 1000:.0f}",
        "lock_timeout": f"{lock_s * 1000:.0f}",
        "search_path": path,
        "client_min_messages": "error",
        "default_transaction_read_only": "off",
    }
    asked: dict[str, Any] = {
        "host": access.socket_dir or access.host,
        "hostaddr": "",  # an empty text keeps PGHOSTADDR and its like out
        "port": access.port,
        "user": access.user,
        "password": access.password,
        "dbname": access.database,
        "sslmode": "disable",
        "gssencmode": "disable",
        "connect_timeout": int(under_load(CONNECT_SECONDS)),
        "application_name": NAME,
        "client_encoding": "UTF8",
        "target_session_attrs": "any",
        **access.options,
        **other,
    }
    # Of two values the server takes the later one, so that those of the URL cannot replace the course's.
    ours = " ".join(f"-c {name}={value}" for name, value in limits.items())
    asked["options"] = f"{asked.get('options', '')} {ours}".strip()
    with no_service():
        return psycopg.connect(autocommit=True, **asked)


class ForkSafeConnection:
    """A connection that is opened on first use, and again after a fork or a disconnect.

    Args:
        open_connection: opens it; called in the process that uses it.
    """

    def __init__(self, open_connection: Callable[[], psycopg.Connection[Any]]) -> None:
        self._open = open_connection
        self._connection: psycopg.Connection[Any] | None = None
        self._process = os.getpid()

    def get(self) -> psycopg.Connection[Any]:
        """Return the connection, open and fit for use.

        Raises:
            psycopg.OperationalError: the server does not let it in.
        """
        # A connection must not be shared with the process that this one was forked from.
        if self._connection is not None and (self._process != os.getpid() or not is_usable(self._connection)):
            self.close()
        if self._connection is None:
            self._process = os.getpid()
            self._connection = self._open()
        return self._connection

    @property
    def pid(self) -> int | None:
        """Return the server's process ID for the open connection, or None."""
        return self._connection.pgconn.backend_pid if self._connection is not None else None

    def close(self) -> None:
        """Close the connection; it is opened again when it is needed."""
        connection, self._connection = self._connection, None
        if connection is not None and self._process == os.getpid():
            connection.close()


@contextlib.contextmanager
def no_service() -> Iterator[None]:
    """Hide PGSERVICE, the only libpq variable that connection parameters do not override."""
    service = os.environ.pop("PGSERVICE", None)
    try:
        yield
    finally:
        if service is not None:
            os.environ["PGSERVICE"] = service


def reaches(access: Access) -> bool:
    """Return whether the server accepts connections; wait for one that is starting or recovering from a crash.

    Raises:
        CouldNotCheck: something listens but does not respond, so a second server must not be started next to it.
    """
    import psycopg

    began = time.monotonic()
    while True:
        try:
            connect(access).close()
        except psycopg.OperationalError as error:
            if is_mending(error) and time.monotonic() < began + under_load(MENDING_SECONDS):
                time.sleep(PAUSE)
            elif isinstance(error, psycopg.errors.ConnectionTimeout):
                raise CouldNotCheck(
                    f"The database on {access.host}:{access.port} does not respond: try again."
                ) from error
            else:
                return False
        else:
            return True


def is_mending(error: psycopg.OperationalError) -> bool:
    """Return whether a server refused because it is starting, stopping, or briefly out of connections."""
    said = str(error)
    return "the database system is" in said or "too many clients" in said or "remaining connection slots" in said


def first_line(error: Exception) -> str:
    """Return what an error says, short enough for a sentence."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
