"""What a check may do with a database: read, write, run a student's SQL, count statements, and make it slow or refuse."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, Self

from classroom.apps.environment import Environment
from classroom.core.errors import CouldNotCheck
from classroom.services.postgres import removal, roles, triggers
from classroom.services.postgres.admin import refused
from classroom.services.postgres.course_connection import COURSE_SECONDS, LOCK_SECONDS, CourseConnection
from classroom.services.postgres.errors import DatabaseError
from classroom.services.postgres.owner_connection import OwnerConnection
from classroom.services.postgres.script import Outcome, Scripts
from classroom.services.postgres.statement_counts import SESSIONS, Counted, Scope, StatementCounter
from classroom.services.postgres.touched_tables import OWN_NAMES, TABLES
from classroom.services.postgres.watchdog import END_SESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

    from classroom.services.postgres.access import Access, Server
    from classroom.services.postgres.admin import Admin
    from classroom.services.postgres.bounded_query import Refusal
    from classroom.services.postgres.roles import Login

__all__ = ["Database", "DatabaseError"]


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

    def remove(self, name: str) -> list[Refusal]:
        """Drop a database and its roles; return why something is left."""


class Database:
    """One database of the provisioner's, the submission's role in it (*app*), and the course's own."""

    def __init__(
        self, provisioner: Owner, name: str, app: Login, course: str, reader: Login, primary: Database | None = None
    ) -> None:
        self.provisioner = provisioner
        self.name = name
        self.app = app
        self.course = course
        self._reader = reader
        self.most_connections = roles.CONNECTIONS
        admin, everybody = provisioner.admin, [app.role, course, reader.role]
        self.owner: OwnerConnection = (
            primary.owner if primary else OwnerConnection(admin, name, everybody, self._open_as_owner)
        )
        # Not the primary's: a check holds a lock in one session and waits for it in the other.
        self.as_course = CourseConnection(admin, self.owner, self._login, course)
        # Called with each statement that a check runs as the course and its parameters, and with None where it makes the database wait or refuse.
        self.on_change: Callable[..., None] = lambda *_: None
        self._readers: list[Database] = []
        self._scripts = Scripts(self.access, self.provisioner.admin.probe, self.disconnect)

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
        """Return how the submission's role logs in."""
        return self._login(self.app)

    def environment(self, driver: str) -> Environment:
        """Return the app's variables: the address, and if the server has no TLS, settings that keep clients from asking for it.

        An app that connects for each request would ask each time, and look for Kerberos.
        Source: https://www.postgresql.org/docs/18/libpq-envars.html
        """
        (row,) = self.provisioner.admin.ask("SHOW ssl")
        spared = {"PGSSLMODE": "disable", "PGGSSENCMODE": "disable"} if row["ssl"] == "off" else {}
        return Environment(plain=spared, services={"DATABASE_URL": self.url_for(driver)})

    def rows(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Run a statement under the course's role and return its rows."""
        self.on_change(sql, *parameters)
        answers = self.as_course.ask(sql, *parameters)
        return next((answer.rows for answer in reversed(answers) if answer.has_rows), [])

    def run(self, sql: str, *parameters: object) -> int:
        """Run a statement under the course's role, commit it, and return how many rows it touched."""
        self.on_change(sql, *parameters)
        return sum(answer.count for answer in self.as_course.ask(sql, *parameters))

    def lock(self, number: int) -> None:
        """Take an advisory lock, (number, 0), and hold it until `unlock`."""
        self.as_course.locks += 1
        self.run("SELECT pg_advisory_lock(%s, 0)", number)

    def unlock(self, number: int) -> None:
        """Give an advisory lock back."""
        self.run("SELECT pg_advisory_unlock(%s, 0)", number)
        self.as_course.locks -= 1

    def names(self) -> list[str]:
        """Return the names by which a statement touches what the submission made: tables, views, functions, types."""
        return [row["name"] for row in self.look_up(OWN_NAMES)]

    def look_up(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Query the catalogs, which the submission cannot forge for the provisioner's own connection; return the rows.

        The query must read nothing that the submission has made: it has more rights than the course's role.
        """
        answers, refusal = self.owner.attempt(sql, *parameters)
        if refusal is not None:
            raise DatabaseError(f"The database could not be inspected: {refusal.message}", refusal.code)
        return answers[-1].rows

    def refuses(self, sql: str, *parameters: object, keep: bool = False) -> Refusal | None:
        """Try a statement, take it back unless it is to *keep*; return the server's error, or None."""
        if keep:
            self.on_change(sql, *parameters)
        return self.as_course.refuses(sql, parameters, keep=keep)

    def script(self, text: str) -> Outcome:
        """Run a student's SQL whole, by the server's own parser, under the submission's role."""
        return self._scripts.run(text)

    def connections(self) -> list[dict[str, Any]]:
        """Return the submission's sessions: pid, state, query, and how long since the state changed."""
        sql, parameters = self._scope.query(SESSIONS, "usename")
        found = self.provisioner.admin.ask(sql, *parameters)
        return [session for session in found if session["pid"] != self._scripts.pid]

    @contextlib.contextmanager
    def counting(self) -> Iterator[Counted]:
        """Count the statements that the submission runs in the `with`."""
        counter = StatementCounter(
            self.provisioner.admin,
            self._scope,
            superuser=self.provisioner.superuser,
            tables=lambda: [row["name"] for row in self.look_up(TABLES)],
        )
        counted, forgotten, before = Counted(), counter.forgotten(), counter.counts()
        yield counted
        counted.statements[:] = counter.since(before)
        counter.ensure_nothing_forgotten(forgotten)

    def slow_commit(self, table: str, seconds: float) -> None:
        """Make every transaction that changed a table take this long to commit."""
        self._hinder(table, triggers.slow_commit(table, seconds))

    def refuse(self, table: str, message: str, when: str = "commit", code: str = "P0001") -> None:
        """Refuse every change of a table: when="commit" at the end of the transaction, when="row" at once."""
        self._hinder(table, triggers.refuse(table, message, when, code))

    def calm(self) -> None:
        """Take slow_commit and refuse away again."""
        if self.owner.attempt(triggers.calm())[1] is not None:
            # A session of the app's that holds a lock must not turn into our fault.
            self.disconnect()
            self._insist(triggers.calm())

    def reader(self) -> Database:
        """Return the same database for a second role, which may read what the first has made, and write nothing."""
        admin = self.provisioner.admin
        if not admin.ask("SELECT 1 FROM pg_roles WHERE rolname = %s", self._reader.role):
            superuser = self.provisioner.superuser
            admin.ask(roles.make_reader(self._reader, superuser=superuser, connections=self.most_connections))
        self._insist(roles.let_read(self.name, self.app.role, self._reader.role))
        self._readers = self._readers or [
            Database(self.provisioner, self.name, self._reader, self.course, self._reader, primary=self)
        ]
        return self._readers[0]

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Let nobody in under the submission's role for a while, and end the sessions it has."""
        try:
            self.keep_out()
            yield
        finally:
            self.let_in()

    def keep_out(self) -> None:
        """Let nobody in under the submission's role from now on, and end the sessions it has."""
        self.on_change(None)
        self._insist(roles.keep_out(self.app.role))
        self.disconnect()

    def let_in(self) -> None:
        """Let the submission's role in again."""
        self._insist(roles.readmit(self.app.role))

    def disconnect(self) -> None:
        """End the sessions of the submission's role, for instance the sessions of an app that was stopped."""
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
        """Empty the database: many times quicker than a new one, if one submission needs several in a row.

        The submission's role, and the reader if there is one, have the same rights as before.
        """
        self.disconnect()
        # One by one, the grantees first: in one statement the server looks for grants on what it has dropped already.
        members = [*(reader.app.role for reader in self._readers), self.course, self.app.role]
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
        """Drop the database and its roles; what cannot be removed is left for a later sweep.

        It is for the time after the checks: what they have found holds, whatever becomes of the database.
        """
        self.close_connections()
        with contextlib.suppress(CouldNotCheck):
            self.provisioner.remove(self.name)

    def freeze(self) -> None:
        """Close the database for good, so that it can be cloned."""
        self.close_connections()
        admin, closed = self.provisioner.admin, f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false"
        if refusal := removal.insist(admin, self.name, [self.app.role, self.course, self._reader.role], closed):
            raise DatabaseError(f"The database rejected `{closed}`: {refusal.message}", refusal.code)
        admin.ask(END_SESSIONS, self.name)

    @property
    def _scope(self) -> Scope:
        """Whose statements and sessions count: the reader's for the reader, everyone else's for the submission."""
        if self.app == self._reader:
            return Scope(self.name, self.app.role, only=self.app.role)
        return Scope(self.name, self.app.role, others=(self.course, self._reader.role))

    def _hinder(self, table: str, sql: str) -> None:
        self.on_change(None)
        _, refusal = self.owner.attempt(sql)
        if refusal is not None:
            raise DatabaseError(
                f"The {table} table could not be prepared for this check: {refusal.message}", refusal.code
            )

    def _login(self, login: Login) -> Access:
        return self.provisioner.server.access.login(login, self.name)

    def _insist(self, sql: str) -> None:
        refusal = self.owner.insist(sql)
        if refusal is not None:
            raise DatabaseError(f"The database rejected `{sql}`: {refusal.message}", refusal.code)

    def _open_as_owner(self) -> psycopg.Connection[Any]:
        access = replace(self.provisioner.server.access, database=self.name)
        return self.provisioner.admin.open(access, statement_s=COURSE_SECONDS, lock_s=LOCK_SECONDS)

    def close_connections(self) -> None:
        """Close the course's own connections; they are opened again when they are needed."""
        for reader in self._readers:
            reader.close_connections()
        self._scripts.close_connections()
        self.as_course.close()
        self.owner.close()
