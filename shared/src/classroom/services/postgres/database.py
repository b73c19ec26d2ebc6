"""What a check may do with a database: read, write, run a student's SQL, count statements, and make it slow or refuse."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, Self

from classroom.services.postgres import roles, triggers
from classroom.services.postgres.admin import refused
from classroom.services.postgres.bounded_query import TooMuch, ask
from classroom.services.postgres.connect import ForkSafeConnection, connect, first_line
from classroom.services.postgres.owner_connection import OwnerConnection
from classroom.services.postgres.script import Outcome, Scripts
from classroom.services.postgres.statement_counts import NAMES, Counted, StatementCounter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

    from classroom.services.postgres.access import Access, Server
    from classroom.services.postgres.admin import Admin
    from classroom.services.postgres.bounded_query import Answer, Refusal
    from classroom.services.postgres.roles import Login

COURSE_SECONDS, LOCK_SECONDS = 10, 5
# Not an answer to the statement: another session holds a lock, or time, room or the connection ran out.
NOT_A_REFUSAL = ("40", "53", "54", "55", "57", "58", "08", "XX")
SESSIONS = (
    "SELECT pid, state, query, extract(epoch FROM now() - state_change)::float AS seconds FROM pg_stat_activity"
    " WHERE usename = %s AND datname = %s AND backend_type = 'client backend' ORDER BY backend_start"
)


class DatabaseError(AssertionError):
    """The database did not do what a check asked of it. It counts as a failed check: tables are the submission's."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class Owner(Protocol):
    """What a database needs of the provisioner that made it."""

    server: Server
    admin: Admin
    superuser: bool

    @property
    def owns_public(self) -> bool:
        """Whether the provisioner may give the schema public to another role."""

    def end_sessions(self, role: str) -> None:
        """End every session of a role."""

    def remove(self, name: str) -> None:
        """Drop a database and its roles."""

    def close_for_good(self, name: str) -> None:
        """Close a database to all sessions."""


class Database:
    """One database of the provisioner's, the submission's role in it (*app*), and the course's own."""

    def __init__(self, provisioner: Owner, name: str, app: Login, course: Login, reader: Login) -> None:
        self.provisioner = provisioner
        self.name = name
        self.app = app
        self.course = course
        self._reader = reader
        self.most_connections = roles.CONNECTIONS
        self._connection = ForkSafeConnection(self._open)
        self.owner = OwnerConnection(
            provisioner.admin, name, [login.role for login in (app, course, reader)], self._open_as_owner
        )
        self._readers: list[Database] = []
        self._scripts = Scripts(self.access, self.provisioner.admin.probe, self.disconnect)
        self._turn = threading.RLock()  # a check may ask from several threads

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()

    @property
    def url(self) -> str:
        """Return the address for the submission's role, with a host and a port."""
        return self.url_for("postgresql")

    def url_for(self, driver: str) -> str:
        """Return the address for a driver as SQLAlchemy names it: postgresql+psycopg2."""
        return self.access().url(driver)

    def access(self) -> Access:
        """Return how the submission's role gets into the database."""
        return self.provisioner.server.access.login(self.app, self.name)

    def environment(self, driver: str) -> dict[str, str]:
        """Return what an app sees of the database: its address, and where the server has no TLS, that nobody asks for it.

        An app that connects for each request would ask each time, and look for Kerberos.
        Source: https://www.postgresql.org/docs/18/libpq-envars.html
        """
        (row,) = self.provisioner.admin.ask("SHOW ssl")
        spared = {"PGSSLMODE": "disable", "PGGSSENCMODE": "disable"} if row["ssl"] == "off" else {}
        return {"DATABASE_URL": self.url_for(driver), **spared}

    def rows(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Run a statement under the course's role and return its rows."""
        answers = self._ask(sql, *parameters)
        return next((answer.rows for answer in reversed(answers) if answer.has_rows), [])

    def run(self, sql: str, *parameters: object) -> int:
        """Run a statement under the course's role, commit it, and return how many rows it touched."""
        return sum(answer.count for answer in self._ask(sql, *parameters))

    def names(self) -> list[str]:
        """Return what a statement names that asks something of the submission's own: tables, views, functions."""
        return [row["name"] for row in self.rows(NAMES)]

    def refuses(self, sql: str, *parameters: object, keep: bool = False) -> Refusal | None:
        """Try a statement, take it back unless it is to *keep*; return the server's error, or None."""
        with self._turn:
            refusal = self._attempt(sql, parameters)[1] if keep else self._try_and_take_back(sql, parameters)
        if refusal is not None and refusal.code.startswith(NOT_A_REFUSAL):
            raise DatabaseError(f"The database could not try `{sql}`: {refusal.message}", refusal.code)
        return refusal

    def script(self, text: str) -> Outcome:
        """Run a student's SQL whole, by the server's own parser, under the submission's role."""
        return self._scripts.run(text)

    def connections(self) -> list[dict[str, Any]]:
        """Return the sessions of the submission's role: pid, state, query, and how long since the state changed."""
        found = self.provisioner.admin.ask(SESSIONS, self.app.role, self.name)
        return [session for session in found if session["pid"] != self._scripts.pid]

    @contextlib.contextmanager
    def counting(self) -> Iterator[Counted]:
        """Count the statements that the submission's role runs in the `with`."""
        counter = StatementCounter(
            self.provisioner.admin, self.app.role, self.name, superuser=self.provisioner.superuser
        )
        counted, before = Counted(), counter.counts()
        yield counted
        counted.statements[:] = counter.since(before)

    def slow_commit(self, table: str, seconds: float) -> None:
        """Make every transaction that changed a table take this long to commit."""
        self._hinder(table, triggers.slow_commit(table, seconds))

    def refuse(self, table: str, message: str, when: str = "commit", code: str = "P0001") -> None:
        """Refuse every change of a table: when="commit" at the end of the transaction, when="row" at once."""
        self._hinder(table, triggers.refuse(table, message, when, code))

    def calm(self) -> None:
        """Take slow_commit and refuse away again."""
        try:
            self._ask(triggers.calm())
        except DatabaseError:
            # A session of the app's that holds a lock must not turn into a fault of ours.
            self.disconnect()
            self._ask(triggers.calm())

    def reader(self) -> Database:
        """Return the same database for a second role, which may read what the first has made, and write nothing."""
        admin = self.provisioner.admin
        if not admin.ask("SELECT 1 FROM pg_roles WHERE rolname = %s", self._reader.role):
            superuser = self.provisioner.superuser
            admin.ask(roles.make_reader(self._reader, superuser=superuser, connections=self.most_connections))
        self._insist(roles.let_read(self.name, self.app.role, self._reader.role))
        self._readers = self._readers or [
            Database(self.provisioner, self.name, self._reader, self.course, self._reader)
        ]
        return self._readers[0]

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Let nobody in under the submission's role for a while, and end the sessions it has."""
        self.provisioner.admin.ask(f"ALTER ROLE {self.app.role} NOLOGIN")
        try:
            self.disconnect()
            yield
        finally:
            self.provisioner.admin.ask(f"ALTER ROLE {self.app.role} LOGIN")

    def disconnect(self) -> None:
        """End the sessions of the submission's role, for instance those of an app that was stopped."""
        self.provisioner.end_sessions(self.app.role)

    def set_up(self, template_app: Login | None = None) -> None:
        """Give the schema public to the submission's role, and all that *template_app* owns in a clone.

        Raises:
            CouldNotCheck: The server refused it, before any submission has used the database.
        """
        statements = [roles.own_public(self.app.role)] if self.provisioner.owns_public else []
        if template_app is not None:
            statements.append(f"REASSIGN OWNED BY {template_app.role} TO {self.app.role}")
        if refusal := self.owner.insist("; ".join(statements)):
            raise refused(refusal, self.provisioner.server)

    def clear(self) -> None:
        """Empty the database: many times quicker than a new one, where one submission needs several in a row.

        The submission's role, and the reader where there is one, have the same rights as before.
        """
        self.disconnect()
        # One by one, the grantees first: in one statement the server looks for grants on what it has dropped already.
        members = [*(reader.app.role for reader in self._readers), self.course.role, self.app.role]
        statements = [
            triggers.calm(),
            *(f"DROP OWNED BY {role} CASCADE" for role in members),
            roles.grant_database(self.name, self.app.role),
        ]
        if self.provisioner.owns_public:
            statements.append(roles.own_public(self.app.role))
        statements += [roles.let_read(self.name, self.app.role, reader.app.role) for reader in self._readers]
        self._insist("; ".join(statements))

    def drop(self) -> None:
        """Drop the database and its roles."""
        self.close_connections()
        self.provisioner.remove(self.name)

    def freeze(self) -> None:
        """Close the database for good, so that it can be cloned."""
        self.close_connections()
        self.provisioner.close_for_good(self.name)

    def _try_and_take_back(self, sql: str, parameters: Sequence[object]) -> Refusal | None:
        try:
            return self._attempt(f"BEGIN;\n{sql};\nSET CONSTRAINTS ALL IMMEDIATE", parameters)[1]
        finally:
            with contextlib.suppress(DatabaseError):
                self._ask("ROLLBACK")

    def _hinder(self, table: str, sql: str) -> None:
        _, refusal = self._attempt(sql, ())
        if refusal is not None:
            raise DatabaseError(
                f"The table {table} could not be prepared for this check: {refusal.message}", refusal.code
            )

    def _ask(self, sql: str, *parameters: object) -> list[Answer]:
        answers, refusal = self._attempt(sql, parameters)
        if refusal is not None:
            raise DatabaseError(f"The database refused `{sql}`: {refusal.message}", refusal.code)
        return answers

    def _attempt(self, sql: str, parameters: Sequence[object]) -> tuple[list[Answer], Refusal | None]:
        from psycopg import OperationalError

        try:
            with self._turn:
                try:
                    return self._asked(sql, parameters)
                except (TooMuch, OperationalError):
                    self.close_connections()  # before anybody else has a turn, and a connection of its own
                    raise
        except TooMuch as error:
            raise DatabaseError(f"The database's answer to `{sql}` is of no use: {error}.") from error
        except OperationalError as error:
            self.provisioner.admin.probe()
            raise DatabaseError(f"The database did not take `{sql}`: {first_line(error)}.") from error

    def _asked(self, sql: str, parameters: Sequence[object]) -> tuple[list[Answer], Refusal | None]:
        from psycopg.pq import TransactionStatus

        connection = self._connection.get()
        told = ask(connection, sql, COURSE_SECONDS + LOCK_SECONDS, parameters)
        if connection.pgconn.transaction_status == TransactionStatus.INERROR:
            # A BEGIN whose ROLLBACK was not come to: everything asked after it would be refused.
            ask(connection, "ROLLBACK", COURSE_SECONDS)
        return told

    def _insist(self, sql: str) -> None:
        refusal = self.owner.insist(sql)
        if refusal is not None:
            raise DatabaseError(f"The database refused `{sql}`: {refusal.message}", refusal.code)

    def _open_as_owner(self) -> psycopg.Connection[Any]:
        access = replace(self.provisioner.server.access, database=self.name)
        return self.provisioner.admin.open(access, statement_s=COURSE_SECONDS, lock_s=LOCK_SECONDS)

    def _open(self) -> psycopg.Connection[Any]:
        access = self.provisioner.server.access.login(self.course, self.name)
        return connect(access, statement_s=COURSE_SECONDS, lock_s=LOCK_SECONDS)

    def close_connections(self) -> None:
        """Close the course's own connections; they are opened again when they are needed."""
        for reader in self._readers:
            reader.close_connections()
        self._scripts.close_connections()
        self._connection.close()
        self.owner.close()
