"""Statements of the course's own role in a submission's database.

Looking at a table or changing a row may run code of the submission (a trigger, a rule, a view) as the course's role. That
code may change the role's password, and leave settings and temporary tables in the session. So the role can log in only
while this connection is being opened, with a password made for it, and the session is cleared before each statement.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from classroom.services.postgres import roles
from classroom.services.postgres.bounded_query import TooMuch, ask
from classroom.services.postgres.connect import WITH_PUBLIC, ForkSafeConnection, connect, first_line
from classroom.services.postgres.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import psycopg

    from classroom.services.postgres.access import Access
    from classroom.services.postgres.admin import Admin
    from classroom.services.postgres.bounded_query import Answer, Refusal
    from classroom.services.postgres.owner_connection import OwnerConnection
    from classroom.services.postgres.roles import Login

COURSE_SECONDS, LOCK_SECONDS = 10, 5
CLEAR = "DISCARD ALL"
# The same, except for advisory locks: nine times the work for the server and for this side.
CLEAR_BUT_LOCKS = (
    "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; DEALLOCATE ALL; UNLISTEN *; DISCARD PLANS; DISCARD TEMP;"
    " DISCARD SEQUENCES"
)
OPENINGS = 3  # two processes that open the same database disturb each other
# Not an answer to the statement: another session holds a lock, or time, room or the connection ran out.
NOT_A_REFUSAL = ("40", "53", "54", "55", "57", "58", "08", "XX")


class CourseConnection:
    """The course's connection to one database, opened when it is needed.

    Args:
        admin: the provisioner's connection to a database of its own.
        owner: its connection to this one.
        login: returns how a role gets into this database.
        role: the course's.

    Attributes:
        locks: how many advisory locks a check holds from one statement to the next.
    """

    def __init__(self, admin: Admin, owner: OwnerConnection, login: Callable[[Login], Access], role: str) -> None:
        self._admin = admin
        self._owner = owner
        self._login = login
        self._role = role
        self._connection = ForkSafeConnection(self._open)
        self._turn = threading.RLock()  # a check may ask from several threads
        self.locks = 0

    def ask(self, sql: str, *parameters: object) -> list[Answer]:
        """Run statements and return their results.

        Raises:
            DatabaseError: The server refused one.
        """
        answers, refusal = self._attempt(sql, parameters)
        if refusal is not None:
            raise DatabaseError(f"The database rejected `{sql}`: {refusal.message}", refusal.code)
        return answers

    def refuses(self, sql: str, parameters: Sequence[object], *, keep: bool) -> Refusal | None:
        """Try a statement, take it back unless it is to *keep*; return the server's error, or None."""
        with self._turn:
            refusal = self._attempt(sql, parameters)[1] if keep else self._try_and_take_back(sql, parameters)
        if refusal is not None and refusal.code.startswith(NOT_A_REFUSAL):
            raise DatabaseError(f"The database could not try `{sql}`: {refusal.message}", refusal.code)
        return refusal

    def close(self) -> None:
        """Close the connection; it is opened again when it is needed."""
        self._connection.close()

    def _try_and_take_back(self, sql: str, parameters: Sequence[object]) -> Refusal | None:
        try:
            return self._attempt(f"BEGIN;\n{sql};\nSET CONSTRAINTS ALL IMMEDIATE", parameters)[1]
        finally:
            with contextlib.suppress(DatabaseError):
                self.ask("ROLLBACK")

    def _attempt(self, sql: str, parameters: Sequence[object]) -> tuple[list[Answer], Refusal | None]:
        from psycopg import OperationalError

        try:
            with self._turn:
                try:
                    return self._run(sql, parameters)
                except (TooMuch, OperationalError):
                    self.close()  # before another thread has a turn
                    raise
        except TooMuch as error:
            raise DatabaseError(f"The database's response to `{sql}` cannot be used: {error}.") from error
        except OperationalError as error:
            self._admin.probe()
            raise DatabaseError(f"The database did not accept `{sql}`: {first_line(error)}.") from error

    def _run(self, sql: str, parameters: Sequence[object]) -> tuple[list[Answer], Refusal | None]:
        from psycopg.pq import TransactionStatus

        connection = self._connection.get()
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            ask(connection, CLEAR_BUT_LOCKS if self.locks else CLEAR, COURSE_SECONDS)
        found = ask(connection, sql, COURSE_SECONDS + LOCK_SECONDS, parameters)
        if connection.pgconn.transaction_status == TransactionStatus.INERROR:
            # A BEGIN whose ROLLBACK was never reached: everything asked after it would be refused.
            ask(connection, "ROLLBACK", COURSE_SECONDS)
        return found

    def _open(self) -> psycopg.Connection[Any]:
        from psycopg import OperationalError

        for _ in range(OPENINGS - 1):
            with contextlib.suppress(OperationalError):
                return self._open_once()
        return self._open_once()

    def _open_once(self) -> psycopg.Connection[Any]:
        login = roles.Login(self._role, roles.new_password())
        access = self._login(login)
        self._insist(roles.let_in(login, access.database))
        try:
            return connect(access, statement_s=COURSE_SECONDS, lock_s=LOCK_SECONDS, path=WITH_PUBLIC)
        finally:
            self._insist(roles.keep_out(self._role))

    def _insist(self, sql: str) -> None:
        if refusal := self._owner.insist(sql):
            raise DatabaseError(f"The course's role could not log in: {refusal.message}", refusal.code)
