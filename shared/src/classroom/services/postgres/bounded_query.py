"""Queries whose time and result size are bounded, no matter what the statement is.

What a submission has stored, or wrote into its SQL, decides how much comes back. So the text goes over by the simple
protocol (the server's own parser takes it apart), rows come a few at a time, and bytes are counted before they are read.
"""

from __future__ import annotations

import select
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from psycopg.abc import Transformer
    from psycopg.pq.abc import PGconn, PGresult

MOST_ROWS = 20_000
CHUNK = 100  # rows
MOST_BYTES = 64 * 1024 * 1024


class TooMuch(Exception):
    """The result grew past its limit or took too long; the connection cannot be used again."""


@dataclass
class Answer:
    """The result of one statement."""

    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0  # rows that an INSERT, UPDATE or DELETE touched, or a SELECT sent
    has_rows: bool = False  # a statement of a kind that returns rows, even if there are none


@dataclass(frozen=True)
class Refusal:
    """The server's error: its SQLSTATE, its own sentence, and where in the text it is (counted from 1), if it says so.

    Attributes:
        more: what the server adds: its hint, or else its detail.
    """

    code: str
    message: str
    position: int | None = None
    more: str = ""

    def __str__(self) -> str:
        return f"{self.message} (SQLSTATE {self.code})"


def ask(
    connection: psycopg.Connection[Any], text: str, seconds: float, parameters: Sequence[object] = ()
) -> tuple[list[Answer], Refusal | None]:
    """Run any number of statements; return the result of each, and the error that stopped them, if any.

    With *parameters*, its %s are filled in on this side.

    Raises:
        TooMuch: The answer had no end, in bytes, rows or time.
        psycopg.OperationalError: The connection is gone.
    """
    if parameters:
        from psycopg import ClientCursor

        text = ClientCursor(connection).mogrify(text, parameters)
    return _Question(connection, seconds).ask(text)


class _Question:
    def __init__(self, connection: psycopg.Connection[Any], seconds: float) -> None:
        self.connection = connection
        self.raw: PGconn = connection.pgconn
        self.end = time.monotonic() + seconds
        self.bytes_left = MOST_BYTES
        self.rows_left = MOST_ROWS
        self.held = 0  # bytes of all values so far
        self.reader: Transformer | None = None  # of the statement that is being answered

    def ask(self, text: str) -> tuple[list[Answer], Refusal | None]:
        from psycopg import OperationalError, capabilities
        from psycopg.pq import ConnStatus, ExecStatus

        self.raw.send_query(text.encode("utf-8", "surrogateescape"))
        if capabilities.has_stream_chunked():
            self.raw.set_chunked_rows_mode(CHUNK)
        else:
            self.raw.set_single_row_mode()
        self.flush()
        answers, refusal, current = [], None, Answer()
        while (result := self.next_result()) is not None:
            refusal = self.take(result, current) or refusal
            if result.status not in (ExecStatus.SINGLE_TUPLE, ExecStatus.TUPLES_CHUNK):
                answers.append(current)
                current, self.reader = Answer(), None
        if self.raw.status != ConnStatus.OK:
            raise OperationalError(refusal.message if refusal else self.raw.get_error_message())
        return answers, refusal

    def flush(self) -> None:
        while self.raw.flush():
            self.wait(writing=True)

    def next_result(self) -> PGresult | None:
        while self.raw.is_busy():
            self.wait()
            self.bytes_left -= waiting_bytes(self.raw.socket)
            if self.bytes_left < 0:
                raise TooMuch(f"it returned more than {MOST_BYTES // 1024 // 1024} MB")
            self.raw.consume_input()
        return self.raw.get_result()

    def wait(self, *, writing: bool = False) -> None:
        if not ready(self.raw.socket, max(0.0, self.end - time.monotonic()), writing=writing):
            raise TooMuch("it took too long")

    def take(self, result: PGresult, answer: Answer) -> Refusal | None:
        from psycopg.pq import ExecStatus

        if result.status == ExecStatus.COPY_IN:
            self.raw.put_copy_end(b"there is no file to copy from here")
            self.flush()
        elif result.status == ExecStatus.COPY_OUT:
            raise TooMuch("COPY TO STDOUT is not possible here")
        elif result.status in (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE):
            return refusal_of(result)
        elif result.status in (ExecStatus.SINGLE_TUPLE, ExecStatus.TUPLES_CHUNK, ExecStatus.TUPLES_OK):
            self.take_rows(result, answer)
        answer.count = result.command_tuples or answer.count
        return None

    def take_rows(self, result: PGresult, answer: Answer) -> None:
        if self.reader is None:
            answer.has_rows = True
            answer.columns = [(result.fname(n) or b"").decode("utf-8", "replace") for n in range(result.nfields)]
        self.rows_left -= result.ntuples
        if self.rows_left < 0:
            raise TooMuch(f"it returned more than {MOST_ROWS} rows")
        # What waits at the socket is only a lower bound: libpq goes on reading while the server goes on sending.
        value, fields = result.get_value, range(result.nfields)
        self.held += sum([len(value(row, n) or b"") for row in range(result.ntuples) for n in fields])
        if self.held > MOST_BYTES:
            raise TooMuch(f"it returned more than {MOST_BYTES // 1024 // 1024} MB")
        answer.rows.extend(dict(zip(answer.columns, row, strict=True)) for row in self.load(result))

    def load(self, result: PGresult) -> list[tuple[Any, ...]]:
        """Return the rows in Python's own types; a value for which there is none (44 BC) as text."""
        from psycopg import DataError
        from psycopg.adapt import Transformer

        known = self.reader is not None
        self.reader = self.reader or Transformer(self.connection)
        self.reader.set_pgresult(result, set_loaders=not known)
        try:
            return self.reader.load_rows(0, result.ntuples, tuple)
        except (DataError, ValueError, OverflowError):
            return [
                tuple(value_of(self.reader, result, row, n) for n in range(result.nfields))
                for row in range(result.ntuples)
            ]


def ready(socket: int, seconds: float, *, writing: bool) -> bool:
    """Wait until a socket can be read or written; return whether it was ready before the deadline."""
    if sys.platform == "win32":
        found = select.select([] if writing else [socket], [socket] if writing else [], [], seconds)
        return bool(found[0] or found[1])
    poll = select.poll()  # unlike select(), it takes descriptors above 1024
    poll.register(socket, select.POLLOUT if writing else select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def waiting_bytes(socket: int) -> int:
    """Return how many bytes can be read from a socket without waiting (0 if the system cannot say)."""
    if sys.platform == "win32":
        return 0
    import array
    import fcntl
    import termios

    number = array.array("i", [0])
    fcntl.ioctl(socket, termios.FIONREAD, number)
    return number[0]


def value_of(reader: Transformer, result: PGresult, row: int, column: int) -> Any:
    """Return a value as its Python type, or as text if it has none."""
    from psycopg import DataError
    from psycopg.pq import Format

    value = result.get_value(row, column)
    if value is None:
        return None
    try:
        return reader.get_loader(result.ftype(column), Format.TEXT).load(value)
    except (DataError, ValueError, OverflowError):
        return value.decode("utf-8", "replace")


def refusal_of(result: PGresult) -> Refusal:
    """Return the server's error out of a result."""
    from psycopg import OperationalError
    from psycopg.pq import DiagnosticField

    code = result.error_field(DiagnosticField.SQLSTATE)
    if code is None:  # libpq's own words: the connection was cut
        raise OperationalError(result.get_error_message())
    primary = result.error_field(DiagnosticField.MESSAGE_PRIMARY) or b""
    position = result.error_field(DiagnosticField.STATEMENT_POSITION)
    hint = result.error_field(DiagnosticField.MESSAGE_HINT)
    more = hint or result.error_field(DiagnosticField.MESSAGE_DETAIL) or b""
    return Refusal(
        code.decode(),
        primary.decode("utf-8", "replace"),
        int(position) if position else None,
        more.decode("utf-8", "replace"),
    )


def is_usable(connection: psycopg.Connection[Any]) -> bool:
    """Return whether an idle connection is still open: a server that closed it, or sent an error, makes it readable."""
    return not connection.closed and not ready(connection.pgconn.socket, 0, writing=False)
