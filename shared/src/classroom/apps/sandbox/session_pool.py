"""Session pool: PostgreSQL sessions that outlast the app's connections, as in PgBouncer's session mode.

An app that opens a connection for each request makes the server start a process for each: half of the time that grading
such a week takes. Here the server's session stays open when the app disconnects in good order. It is rolled back and
cleared of everything that was set or made in it before the same login gets it again, so that the app cannot tell it
from a new one. At any time there are as many sessions as the app has connections, and a few idle ones.

Messages: https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

from __future__ import annotations

import struct
from enum import Enum, auto
from typing import TYPE_CHECKING

from classroom.apps.sandbox.relay_ends import Downstream, Upstream

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from classroom.apps.sandbox.relay_ends import Service

IDLE = 10  # sessions of one app; a check makes the app work on as many requests at once
HEAD = struct.Struct("!II")
LONGEST = 10_000  # bytes of a start-up packet; the server has the same limit
TLS_REQUEST = HEAD.pack(8, 80877103)
ENCRYPTED_GSS_REQUEST = HEAD.pack(8, 80877104)
CANCEL, PROTOCOL = 80877102, 3  # a code of its own, and the major version of every other start-up packet
NO_TLS = b"N"
NOT_ADMITTED = b"SFATAL\0C28000\0Mthis role may not log in here\0\0"
TERMINATE = b"X\0\0\0\4"
AUTHENTICATED = b"R\0\0\0\x08\0\0\0\0"
READY = b"Z\0\0\0\5"  # and one letter: I outside a transaction, T in one, E in one that has failed


def query(sql: str) -> bytes:
    """Return the message for a simple query."""
    text = sql.encode() + b"\0"
    return b"Q" + struct.pack("!I", 4 + len(text)) + text


def messages(data: bytes | bytearray) -> Iterator[tuple[bytes, bytes]]:
    """Yield the letter and the content of each complete message of a server."""
    start = 0
    while len(data) >= start + 5:
        kind, length = struct.unpack_from("!cI", data, start)
        end = start + 1 + length
        if len(data) >= end:
            yield kind, bytes(data[start + 5 : end])
        start = end


ROLL_BACK, CLEAR = query("ROLLBACK"), query("DISCARD ALL")
CLEARED = (b"C", b"DISCARD ALL\0")


class Phase(Enum):
    """The state of a session: being opened, used by a connection, being cleared after one, waiting for the next."""

    OPENING = auto()
    LENT = auto()
    CLEARING = auto()
    IDLE = auto()


class Session(Upstream):
    """The server's end: one session, lent to one connection of the app after another.

    Args:
        pool: where the session waits between two connections.
        packet: the start-up packet that opens it; only a connection with the same one gets it.

    Attributes:
        received: what the server has sent while the session was not lent.
        greeting: what the server sent after the login; a later connection receives it without logging in.
        last: the end of what the server has sent since the last query; it shows whether the server is ready.
    """

    def __init__(self, pool: SessionPool, packet: bytes) -> None:
        self.pool = pool
        self.packet = packet
        self.phase = Phase.OPENING
        self.received = bytearray()
        self.greeting = b""
        self.last = b""

    def send(self, data: bytes) -> None:
        self.last = b""
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self.last = (data if len(data) > len(READY) else self.last + data)[-len(READY) - 1 :]
        if self.phase is Phase.LENT:
            self.peer.send(data)
            return
        self.received += data
        if self.phase is Phase.OPENING:
            self._open(data)
        elif self.phase is Phase.CLEARING:
            self._clear()
        else:
            self.transport.abort()  # the server sends something to an idle session only when it ends it

    def _open(self, data: bytes) -> None:
        self.peer.send(data)
        if self.packet == TLS_REQUEST and self.received == NO_TLS:
            self.pool.plain = True
        if self.ready or len(self.received) > LONGEST:
            # The next connection receives the same, without the request for the password that opened the session.
            _, authenticated, rest = bytes(self.received).partition(AUTHENTICATED)
            self.greeting = authenticated + rest if self.ready and self.received[:1] == AUTHENTICATED[:1] else b""
            self.phase = Phase.LENT

    def _clear(self) -> None:
        found = [*messages(self.received[:LONGEST])]
        if len(self.received) > LONGEST or any(kind == b"E" for kind, _ in found):
            self.transport.abort()
        elif self.last == READY + b"I" and CLEARED in found:
            self.phase = Phase.IDLE
            if self.peer is not self:
                self._greet()

    @property
    def ready(self) -> bool:
        """Whether the server waits for the next query."""
        return self.last.startswith(READY)

    def keep(self) -> bool:
        """Clear the session and keep it idle, where the app has disconnected in good order; return whether it is kept."""
        if self.phase is not Phase.LENT or not (self.ready and self.greeting and self.pool.has_room()):
            return False
        self.phase = Phase.CLEARING
        self.received.clear()
        self.peer = self
        self.transport.resume_reading()
        self.send(CLEAR if self.last.endswith(b"I") else ROLL_BACK + CLEAR)
        self.pool.idle.append(self)
        return True

    def lend(self, downstream: Downstream) -> None:
        """Lend the session to a connection, as soon as it is cleared."""
        self.peer, downstream.peer, downstream.pending = downstream, self, b""
        if self.phase is Phase.IDLE:
            self._greet()

    def _greet(self) -> None:
        self.phase = Phase.LENT
        self.last = READY + b"I"
        self.peer.send(self.greeting)

    def connection_lost(self, exc: Exception | None) -> None:
        downstream = self.peer
        if self in self.pool.idle:
            self.pool.idle.remove(self)
        elif (
            self.phase is Phase.CLEARING
            and isinstance(downstream, Downstream)
            and not downstream.transport.is_closing()
        ):
            downstream.peer, downstream.pending = downstream, self.packet
            downstream.connect(Session(self.pool, self.packet))
        else:
            super().connection_lost(exc)


class PostgresDownstream(Downstream):
    """The app's end of a connection to a database.

    Args:
        connections: all open connections of the relay; this one is added.
        loop: the relay's.
        service: the database server.
        pool: where its session comes from.
    """

    def __init__(
        self, connections: set[Downstream], loop: asyncio.AbstractEventLoop, service: Service, pool: SessionPool
    ) -> None:
        super().__init__(connections, loop, service)
        self.pool = pool

    def accepted(self) -> None:
        """Wait for the start-up packet: it says which session fits."""

    def data_received(self, data: bytes) -> None:
        if self.peer is self and not self.connecting:
            self.pending += data
            self._read_start()
        elif data == TERMINATE and isinstance(self.peer, Session) and self.peer.keep():
            self.peer = self
            self.transport.close()
        else:
            super().data_received(data)

    def _read_start(self) -> None:
        if self.pool.users is not None and not self._admit(self.pool.users):
            return
        if len(self.pending) < HEAD.size:
            return
        length, _ = HEAD.unpack_from(self.pending)
        if length > LONGEST or len(self.pending) > length:
            self.connect(Upstream())
        elif self.pending == TLS_REQUEST and self.pool.plain:
            self.pending = b""
            self.send(NO_TLS)
        elif len(self.pending) == length:
            self.pool.lend(self, self.pending)

    def _admit(self, users: frozenset[str]) -> bool:
        """Return whether a start-up packet was received whose user may log in; any other one ends the connection."""
        while self.pending[: HEAD.size] in (TLS_REQUEST, ENCRYPTED_GSS_REQUEST):
            self.pending = self.pending[HEAD.size :]
            self.send(NO_TLS)
        if len(self.pending) < HEAD.size:
            return False
        length, code = HEAD.unpack_from(self.pending)
        if len(self.pending) < length <= LONGEST:
            return False
        if length > LONGEST or not (code == CANCEL or user_of(self.pending[:length]) in users):
            self.send(b"E" + struct.pack("!I", 4 + len(NOT_ADMITTED)) + NOT_ADMITTED)
            self.transport.close()
            return False
        return True


def user_of(packet: bytes) -> str | None:
    """Return the role that a start-up packet asks for, or None if it does not name exactly one."""
    if len(packet) < HEAD.size or HEAD.unpack_from(packet)[1] >> 16 != PROTOCOL:
        return None
    words = packet[HEAD.size :].split(b"\0")
    users = [value for name, value in zip(words[::2], words[1::2], strict=False) if name == b"user"]
    return users[0].decode("utf-8", "replace") if len(users) == 1 else None


class SessionPool:
    """The sessions of one app with one server.

    Args:
        users: the roles that may log in, unless that is left to the server.

    Attributes:
        idle: the sessions that wait for a connection.
        plain: whether the server has refused TLS; it is not asked again.
    """

    def __init__(self, users: frozenset[str] | None = None) -> None:
        self.users = users
        self.idle: list[Session] = []
        self.plain = False

    def has_room(self) -> bool:
        """Return whether one more session may be idle."""
        return len(self.idle) < IDLE

    def lend(self, downstream: Downstream, packet: bytes) -> None:
        """Lend the connection a session that was opened by the same start-up packet, or a new one."""
        for session in reversed(self.idle):
            if session.packet == packet and not session.transport.is_closing():
                self.idle.remove(session)
                session.lend(downstream)
                return
        downstream.connect(Session(self, packet))

    def close(self) -> None:
        """End the idle sessions."""
        for session in self.idle:
            session.transport.abort()
