"""The provisioner's connection inside a submission's database, for DDL that the submission must not be able to stop.

Nothing of the submission's runs in it: it never reads or writes a row of the submission's tables, and names are looked up
in pg_catalog alone, so that no operator or function of the submission's is taken for the server's. What it changes may be
locked by sessions of the submission (a table, the row of its own role, the row of its database) for any length of time.
A lock that is refused is then the submission's doing, not ours: its sessions are ended until the statement has run.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any

from classroom.services.postgres.bounded_query import Answer, Refusal, TooMuch, ask
from classroom.services.postgres.connect import ForkSafeConnection, first_line
from classroom.services.postgres.quoting import identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import psycopg

    from classroom.services.postgres.admin import Admin

SECONDS = 30
BRIEF_LOCK = "200ms"  # until sessions are ended
ROUNDS = 3
PAUSE = 0.01
# A lock that was not granted, a deadlock, a statement that was cancelled, an object in use, and (XX000) a row of a catalog
# that another session changed first.
CONTENDED = ("55P03", "40P01", "57014", "55006", "40001", "XX000")
# Of the roles that the provisioner may end; its own sessions go on.
END_HOLDERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    " AND usename <> current_user AND pg_has_role(usesysid, 'USAGE') AND (datname = %s OR usename = ANY(%s))"
)
PREPARED = "SELECT gid, owner FROM pg_prepared_xacts WHERE database = %s"


class OwnerConnection:
    """A connection to one database under the provisioner's own role.

    Args:
        admin: the provisioner's connection to a database of its own.
        database: the database's name.
        roles: the submission's roles in it.
        open_connection: opens it.
    """

    def __init__(
        self,
        admin: Admin,
        database: str,
        roles: Sequence[str],
        open_connection: Callable[[], psycopg.Connection[Any]],
    ) -> None:
        self._admin = admin
        self._database = database
        self._roles = list(roles)
        self._connection = ForkSafeConnection(open_connection)
        self._turn = threading.RLock()

    def attempt(self, sql: str, *parameters: object) -> tuple[list[Answer], Refusal | None]:
        """Run statements in one transaction; return their results, and the error that stopped them, if any.

        Raises:
            CouldNotCheck: The server does not respond to a new connection either.
        """
        from psycopg import OperationalError

        with self._turn:
            try:
                return ask(self._connection.get(), sql, SECONDS, parameters)
            except TooMuch as error:
                self.close()
                return [], Refusal("57014", str(error))
            except OperationalError as error:
                self.close()
                self._admin.probe()
                return [], Refusal("08006", first_line(error))

    def insist(self, sql: str) -> Refusal | None:
        """Run statements in one transaction; end the submission's sessions where they hold what it needs."""
        refusal = self.attempt(f"SET LOCAL lock_timeout = '{BRIEF_LOCK}'; {sql}")[1]
        for _ in range(ROUNDS):
            if refusal is None or refusal.code not in CONTENDED:
                break
            self.abandon_prepared()
            refusal = self._attempt_while_ending(sql)
        return refusal

    def abandon_prepared(self) -> None:
        """Roll back prepared transactions, which hold their locks without a session."""
        for row in self._admin.ask(PREPARED, self._database):
            # An ordinary provisioner may do this as the owner of the transaction only.
            self.attempt(f"SET ROLE {identifier(row['owner'])}")
            self.attempt("ROLLBACK PREPARED %s", row["gid"])
            self.attempt("RESET ROLE")

    def close(self) -> None:
        """Close the connection; it is opened again when it is needed."""
        self._connection.close()

    def _attempt_while_ending(self, sql: str) -> Refusal | None:
        """End sessions while the statement waits: it is first in the queue for the lock, before any new session."""
        with ThreadPoolExecutor(1) as pool:
            pending = pool.submit(self.attempt, sql)
            while not wait([pending], PAUSE).done:
                self._admin.ask(END_HOLDERS, self._database, self._roles)
            return pending.result()[1]
