"""A student's SQL, run whole: one connection of the submission's role, cleared from one text to the next."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from classroom.services.postgres.bounded_query import Answer, TooMuch, ask
from classroom.services.postgres.connect import WITH_PUBLIC, ForkSafeConnection, connect, first_line

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from classroom.services.postgres.access import Access

SCRIPT_SECONDS = 15


@dataclass(frozen=True)
class Outcome:
    """What a student's SQL did: the server's error with its place in the text, or the rows of the last statement that has any."""

    error: str | None = None
    code: str | None = None
    position: int | None = None
    more: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


class ScriptFile(str):  # noqa: SLOT000 - it has attributes
    """The text of an SQL file, which remembers its path and how its last run failed.

    Attributes:
        path: within the submission.
        failures: receives each failure of a run.
    """

    path: str
    failures: list[ScriptFailure]

    def __new__(cls, text: str, path: str, failures: list[ScriptFailure]) -> Self:
        """Return the text as a string of its own kind."""
        made = super().__new__(cls, text)
        made.path, made.failures = path, failures
        return made


@dataclass(frozen=True)
class ScriptFailure:
    """An SQL file that failed: the file, and what the server said."""

    file: ScriptFile
    outcome: Outcome


class Scripts:
    """Runs one text after the other in a database.

    A connection for each would make the server start a process for each: a twentieth of what grading week 3 costs.

    Args:
        access: returns how the submission's role gets into the database.
        probe: raises CouldNotCheck where the server itself does not respond.
        end_sessions: ends the sessions of the submission's role.
    """

    def __init__(
        self, access: Callable[[], Access], probe: Callable[[], None], end_sessions: Callable[[], None]
    ) -> None:
        self._connection = ForkSafeConnection(lambda: connect(access(), statement_s=SCRIPT_SECONDS, path=WITH_PUBLIC))
        self._probe = probe
        self._end_sessions = end_sessions
        self._turn = threading.Lock()  # a check may ask from several threads

    @property
    def pid(self) -> int | None:
        """The server's process for the connection that is open; None if none is."""
        return self._connection.pid

    def run(self, text: str) -> Outcome:
        """Run a text by the server's own parser; nothing of it but what is committed is left for the next one."""
        if "\0" in text:
            return Outcome(error="the SQL contains a NUL character, which PostgreSQL does not accept", code="22021")
        with self._turn:
            outcome = self._run(text)
        if outcome.error is not None and isinstance(text, ScriptFile):
            text.failures.append(ScriptFailure(text, outcome))
        return outcome

    def _run(self, text: str) -> Outcome:
        from psycopg import OperationalError

        try:
            connection = self._connection.get()
            answers, refusal = ask(connection, text, SCRIPT_SECONDS + 1)
            self._clear(connection)
        except TooMuch as error:
            self.close_connections()
            self._end_sessions()
            return Outcome(error=f"the SQL was stopped: {error}", code="57014")
        except OperationalError as error:
            self.close_connections()
            self._probe()
            return Outcome(error=first_line(error), code="08006")
        if refusal is not None:
            return Outcome(error=refusal.message, code=refusal.code, position=refusal.position, more=refusal.more)
        last = next((answer for answer in reversed(answers) if answer.has_rows), Answer())
        return Outcome(columns=last.columns, rows=last.rows)

    def _clear(self, connection: psycopg.Connection[Any]) -> None:
        """Take back what was not committed, and all that was set or made for the session."""
        for sql in ("ROLLBACK", "DISCARD ALL"):
            if ask(connection, sql, SCRIPT_SECONDS)[1] is not None:
                self.close_connections()
                return

    def close_connections(self) -> None:
        """Close the connection; it is opened again for the next text."""
        self._connection.close()
