"""A database's sessions that outlast the connections of the app, as in a connection pool beside the server.

An app that opens a connection for each request makes the server start a process for each: half of all that the grading
of such a week costs. Here the server's session stays when the app hangs up in good order. It is rolled back, and
cleared of everything that was set or made in it, before the same login gets it again; the app cannot tell it from a new
one. An app's open connections and the server's sessions are as many at any time, but for a few that rest.

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

RESTING = 10  # as many as a check lets the app work at once
HEAD = struct.Struct("!II")
LONGEST = 10_000  # bytes of a start-up packet, as in the server
TLS, ENCRYPTED_GSS = HEAD.pack(8, 80877103), HEAD.pack(8, 80877104)
CANCEL, PROTOCOL = 80877102, 3  # a code of its own, and the major version of every other start-up packet
NO_TLS = b"N"
TERMINATE = b"X\0\0\0\4"
LET_IN = b"R\0\0\0\x08\0\0\0\0"
NOT_ADMITTED = b"SFATAL\0C28000\0Mthis role may not log in here\0\0"
READY = b"Z\0\0\0\5"  # and one letter: I outside of a transaction, T in one, E in one that has failed


def query(sql: str) -> bytes:
    """Return the message that asks for this."""
    text = sql.encode() + b"\0"
    return b"Q" + struct.pack("!I", 4 + len(text)) + text


def messages(heard: bytes | bytearray) -> Iterator[tuple[bytes, bytes]]:
    """Take what a server has said apart: the letter of each whole message, and what it holds."""
    start = 0
    while len(heard) >= start + 5:
        kind, length = struct.unpack_from("!cI", heard, start)
        end = start + 1 + length
        if len(heard) >= end:
            yield kind, bytes(heard[start + 5 : end])
        start = end


ROLL_BACK, CLEAR = query("ROLLBACK"), query("DISCARD ALL")
CLEARED = (b"C", b"DISCARD ALL\0")


class Phase(Enum):
    """What a session is at."""

    OPENING = auto()
    LENT = auto()
    CLEARING = auto()
    RESTING = auto()


class Session(Upstream):
    """The server's end: one session, lent to one connection of the app after the other."""

    def __init__(self, sessions: SessionPool, packet: bytes) -> None:
        self.sessions = sessions
        self.packet = packet
        self.phase = Phase.OPENING
        self.heard = bytearray()
        self.greeting = b""
        self.last = b""

    def say(self, data: bytes) -> None:
        self.last = b""
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self.last = (data if len(data) > len(READY) else self.last + data)[-len(READY) - 1 :]
        if self.phase is Phase.LENT:
            self.other.say(data)
            return
        self.heard += data
        if self.phase is Phase.OPENING:
            self._open(data)
        elif self.phase is Phase.CLEARING:
            self._clear()
        else:
            self.transport.abort()  # the server has something to say to a session at rest: it ends it

    def _open(self, data: bytes) -> None:
        self.other.say(data)
        if self.packet == TLS and self.heard == NO_TLS:
            self.sessions.plain = True
        if self.ready or len(self.heard) > LONGEST:
            # Whoever comes next is told the same, without being asked for the password that opened the session.
            _, let_in, rest = bytes(self.heard).partition(LET_IN)
            self.greeting = let_in + rest if self.ready and self.heard[:1] == LET_IN[:1] else b""
            self.phase = Phase.LENT

    def _clear(self) -> None:
        heard = [*messages(self.heard[:LONGEST])]
        if len(self.heard) > LONGEST or any(kind == b"E" for kind, _ in heard):
            self.transport.abort()
        elif self.last == READY + b"I" and CLEARED in heard:
            self.phase = Phase.RESTING
            if self.other is not self:
                self._greet()

    @property
    def ready(self) -> bool:
        """Whether the server waits for the next query."""
        return self.last.startswith(READY)

    def keep(self) -> bool:
        """Let the session rest, if it can, when the app has hung up."""
        if self.phase is not Phase.LENT or not (self.ready and self.greeting and self.sessions.have_room()):
            return False
        self.phase = Phase.CLEARING
        self.heard.clear()
        self.other = self
        self.transport.resume_reading()
        self.say(CLEAR if self.last.endswith(b"I") else ROLL_BACK + CLEAR)
        self.sessions.resting.append(self)
        return True

    def lend(self, caller: Downstream) -> None:
        """Give the session to the next one, as soon as it is clear."""
        self.other, caller.other, caller.said = caller, self, b""
        if self.phase is Phase.RESTING:
            self._greet()

    def _greet(self) -> None:
        self.phase = Phase.LENT
        self.last = READY + b"I"
        self.other.say(self.greeting)

    def connection_lost(self, exc: Exception | None) -> None:
        caller = self.other
        if self in self.sessions.resting:
            self.sessions.resting.remove(self)
        elif self.phase is Phase.CLEARING and isinstance(caller, Downstream) and not caller.transport.is_closing():
            caller.other, caller.said = caller, self.packet
            caller.call(Session(self.sessions, self.packet))
        else:
            super().connection_lost(exc)


class PostgresDownstream(Downstream):
    """The app's end of a connection to a database."""

    def __init__(
        self, ends: set[Downstream], loop: asyncio.AbstractEventLoop, service: Service, sessions: SessionPool
    ) -> None:
        super().__init__(ends, loop, service)
        self.sessions = sessions

    def begin(self) -> None:
        """Wait for the start-up packet."""

    def data_received(self, data: bytes) -> None:
        if self.other is self and not self.calling:
            self.said += data
            self._begin()
        elif data == TERMINATE and isinstance(self.other, Session) and self.other.keep():
            self.other = self
            self.transport.close()
        else:
            super().data_received(data)

    def _begin(self) -> None:
        if self.sessions.users is not None and not self._admit(self.sessions.users):
            return
        if len(self.said) < HEAD.size:
            return
        length, _ = HEAD.unpack_from(self.said)
        if length > LONGEST or len(self.said) > length:
            self.call(Upstream())
        elif self.said == TLS and self.sessions.plain:
            self.said = b""
            self.say(NO_TLS)
        elif len(self.said) == length:
            self.sessions.lend(self, self.said)

    def _admit(self, users: frozenset[str]) -> bool:
        """Tell whether a start-up packet is there whose user may log in; any other one ends the connection."""
        while self.said[: HEAD.size] in (TLS, ENCRYPTED_GSS):
            self.said = self.said[HEAD.size :]
            self.say(NO_TLS)
        if len(self.said) < HEAD.size:
            return False
        length, code = HEAD.unpack_from(self.said)
        if len(self.said) < length <= LONGEST:
            return False
        if length > LONGEST or not (code == CANCEL or user_of(self.said[:length]) in users):
            self.say(b"E" + struct.pack("!I", 4 + len(NOT_ADMITTED)) + NOT_ADMITTED)
            self.transport.close()
            return False
        return True


def user_of(packet: bytes) -> str | None:
    """Return the role that a start-up packet asks for, or None where it is not one."""
    if len(packet) < HEAD.size or HEAD.unpack_from(packet)[1] >> 16 != PROTOCOL:
        return None
    words = packet[HEAD.size :].split(b"\0")
    # The server takes the last one of a name.
    users = [value for name, value in zip(words[::2], words[1::2], strict=False) if name == b"user"]
    return users[0].decode("utf-8", "replace") if len(users) == 1 else None


class SessionPool:
    """The sessions of one app in one server.

    Args:
        users: the roles that may log in, where it is not left to the server.

    Attributes:
        plain: the server has said that it speaks no TLS, and is not asked again.
    """

    def __init__(self, users: frozenset[str] | None = None) -> None:
        self.users = users
        self.resting: list[Session] = []
        self.plain = False

    def have_room(self) -> bool:
        """Tell whether one more may rest."""
        return len(self.resting) < RESTING

    def lend(self, caller: Downstream, packet: bytes) -> None:
        """Give the caller a session that was opened by the same packet, or a new one."""
        for session in reversed(self.resting):
            if session.packet == packet and not session.transport.is_closing():
                self.resting.remove(session)
                session.lend(caller)
                return
        caller.call(Session(self, packet))

    def close(self) -> None:
        """End the sessions at rest."""
        for session in self.resting:
            session.transport.abort()
