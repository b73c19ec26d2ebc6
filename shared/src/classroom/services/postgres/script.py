"""A student's SQL, run whole: one connection of the submission's role, cleared from one text to the next."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from classroom.services.postgres.bounded_query import Answer, TooMuch, ask, is_usable
from classroom.services.postgres.connect import connect, first_line

if TYPE_CHECKING:
    import psycopg

    from classroom.services.postgres.database import Database

SCRIPT_SECONDS = 15


@dataclass(frozen=True)
class Outcome:
    """What a student's SQL did: the server's error, or the rows of the last statement that answers rows."""

    error: str | None = None
    code: str | None = None
    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


class Scripts:
    """Runs one text after the other in a database.

    A connection for each would make the server start a process for each: a twentieth of what grading week 3 costs.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._connection: psycopg.Connection[Any] | None = None
        self._process = os.getpid()
        self._turn = threading.Lock()  # a check may ask from several threads

    @property
    def pid(self) -> int | None:
        """The server's process for the connection that is open; None where none is."""
        return self._connection.pgconn.backend_pid if self._connection is not None else None

    def run(self, text: str) -> Outcome:
        """Run a text by the server's own parser; nothing of it but what is committed is left for the next one."""
        if "\0" in text:
            return Outcome(error="the text holds a NUL character, which SQL does not know", code="22021")
        with self._turn:
            return self._run(text)

    def _run(self, text: str) -> Outcome:
        from psycopg import OperationalError

        try:
            connection = self._connected()
            answers, refusal = ask(connection, text, SCRIPT_SECONDS + 1)
            self._clear(connection)
        except TooMuch as error:
            self.close_connections()
            self.database.disconnect()
            return Outcome(error=f"the text was stopped: {error}", code="57014")
        except OperationalError as error:
            self.close_connections()
            self.database.keeper.admin.probe()
            return Outcome(error=first_line(error), code="08006")
        if refusal is not None:
            return Outcome(error=refusal.message, code=refusal.code)
        last = next((answer for answer in reversed(answers) if answer.has_rows), Answer())
        return Outcome(columns=last.columns, rows=last.rows)

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is not None and (self._process != os.getpid() or not is_usable(self._connection)):
            self.close_connections()
        if self._connection is None:
            access = self.database.keeper.server.access.login(self.database.app, self.database.name)
            self._process = os.getpid()
            self._connection = connect(access, statement_s=SCRIPT_SECONDS)
        return self._connection

    def _clear(self, connection: psycopg.Connection[Any]) -> None:
        """Take back what was not committed, and all that was set or made for the session."""
        for sql in ("ROLLBACK", "DISCARD ALL"):
            if ask(connection, sql, SCRIPT_SECONDS)[1] is not None:
                self.close_connections()
                return

    def close_connections(self) -> None:
        """Close the connection; it is opened again for the next text."""
        connection, self._connection = self._connection, None
        if connection is not None and self._process == os.getpid():
            connection.close()
