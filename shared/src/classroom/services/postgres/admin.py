"""The provisioner's own connection, to a database that holds nothing from a submission."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from classroom.core.errors import CouldNotCheck, DiskFull
from classroom.core.folders import full_disk
from classroom.services.postgres.bounded_query import Answer, Refusal, TooMuch, ask
from classroom.services.postgres.connect import ForkSafeConnection, connect
from classroom.services.postgres.errors import DatabaseError
from classroom.services.postgres.servers.ramdisk import PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from classroom.services.postgres.access import Access, Server
    from classroom.services.postgres.touched_tables import SystemNames

SECONDS = 60
PROBE_SECONDS = 10
PRIVATE = "private"  # the way of a server that one submission has for itself
DISK_FULL = "53100"
# Twenty statements for each database, every one a text of its own: by the hundredth submission the server would look
# through thousands of them whenever a check counts. Only a superuser may say so.
UNCOUNTED = (
    "SELECT set_config('pg_stat_statements.track', 'none', false) FROM pg_roles"
    " WHERE rolname = current_user AND rolsuper"
)
# The extension may be in any schema of the provisioner's database, and names are looked up in pg_catalog alone.
STATISTICS = (
    "SELECT quote_ident(nspname) AS schema FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
    " WHERE extname = 'pg_stat_statements'"
)


class Admin:
    """A connection that is opened when needed, and reopened after it was lost."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.system_names: SystemNames | None = None
        self._statistics = ""
        self._connection = ForkSafeConnection(self._open)
        self._turn = threading.RLock()  # a check may ask from several threads

    def ask(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Run statements of the provisioner's own and return the rows of the last one that has any."""
        answers, refusal = self.attempt(sql, *parameters)
        if refusal is not None:
            raise refused(refusal, self.server)
        return next((answer.rows for answer in reversed(answers) if answer.has_rows), [])

    def attempt(self, sql: str, *parameters: object) -> tuple[list[Answer], Refusal | None]:
        """Run the provisioner's statements; return their results, and the server's refusal, if any.

        Raises:
            CouldNotCheck: the server does not respond, even on a new connection.
            DatabaseError: the same of a submission's own server.
        """
        with self._turn:
            return self._attempt(sql, parameters)

    def _attempt(self, sql: str, parameters: Sequence[object]) -> tuple[list[Answer], Refusal | None]:
        import psycopg

        try:
            return ask(self._connection.get(), sql, SECONDS, parameters)
        except TooMuch as error:
            self.close()
            raise failure(self.server, f"The database could not be queried: {error}.") from error
        except psycopg.OperationalError:
            self.close()
            self.probe()
        try:
            return ask(self._connection.get(), sql, SECONDS, parameters)
        except (psycopg.OperationalError, TooMuch) as error:
            self.close()
            raise failure(self.server, self.server.trouble(error)) from error

    def probe(self) -> None:
        """Make sure that the server accepts a new connection; restart it if it is ours and has stopped.

        Raises:
            CouldNotCheck: It does not.
        """
        import psycopg

        self.server.revive()
        try:
            with contextlib.closing(connect(self.server.access)) as connection:
                ask(connection, "SELECT 1", PROBE_SECONDS)
        except (psycopg.OperationalError, TooMuch) as error:
            raise failure(self.server, self.server.trouble(error)) from error

    def statistics(self) -> str:
        """Return the schema of pg_stat_statements, quoted; an empty text if the extension is not there."""
        if not self._statistics:
            self._statistics = next((str(row["schema"]) for row in self.ask(STATISTICS)), "")
        return self._statistics

    def epoch(self) -> str:
        """Return a string that changes whenever the server restarts, including by itself after a crash."""
        sql = (
            "SELECT coalesce(max(backend_start) FILTER (WHERE backend_type = 'checkpointer'),"
            " pg_postmaster_start_time())::text AS epoch FROM pg_stat_activity"
        )
        return str(self.ask(sql)[0]["epoch"])

    def close(self) -> None:
        """Close the connection; it is opened again when it is needed."""
        self._connection.close()

    def open(self, access: Access, *, statement_s: float = SECONDS, lock_s: float = 20) -> psycopg.Connection[Any]:
        """Open another connection of the provisioner's own, with the limits of `connect`."""
        connection = connect(access, statement_s=statement_s, lock_s=lock_s)
        ask(connection, UNCOUNTED, SECONDS)
        return connection

    def _open(self) -> psycopg.Connection[Any]:
        return self.open(self.server.access)


def refused(refusal: Refusal, server: Server) -> Exception:
    """Return the error for a provisioner's statement that the server refused."""
    if refusal.code == DISK_FULL and server.way != PRIVATE:
        return full_server(refusal.message, server)
    return failure(
        server, f"The database rejected a statement that the course needs ({refusal.code}: {refusal.message})."
    )


def failure(server: Server, message: str) -> Exception:
    """Return the error for a server that does not do what the course needs.

    A private one is its submission's own affair, so that the check fails. On one that others share, nobody can say whose
    fault it is: it could not be checked.
    """
    if server.way != PRIVATE:
        return CouldNotCheck(message)
    return DatabaseError(message)


def full_server(message: str, server: Server) -> DiskFull:
    """Return the error for a server whose disk is full."""
    if not server.places:
        return DiskFull("The database server's disk is full: free some space there, and run the command again.")
    return full_disk(PLACE if "pg_tblspc/" in message else server.places[0])
