"""WebSockets to a student's app: each message has a limit on its time and its size.

The client is that of the library `websockets`, over the Unix socket or the loopback port of the app.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from typing import TYPE_CHECKING, Any, NoReturn

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import connect

from classroom.apps.exchange import (
    NOT_IMPLEMENTED,
    SITE_PORT,
    SWITCHED,
    WEBSOCKET,
    Answer,
    Exchange,
    Headers,
    NoAnswer,
)
from classroom.checks.live import LiveConnection
from classroom.core.load import under_load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from websockets.http11 import Response
    from websockets.sync.client import ClientConnection

MESSAGE_LIMIT = 500_000  # bytes
WAITING = 64  # messages that are read in advance; with more, the app has to wait
CLOSE_SECONDS = 1.0
DROPPED = 1006  # the code of a connection that was closed without one
BEGINNING_OF_TODO = "TODO "


class WebSocket(LiveConnection):
    """An open WebSocket.

    Args:
        target: the app; see `Client`.
        path: starts with a slash, and may include a query.
        headers: header fields of the request that opens it.
        task: the number of the check's task.

    Raises:
        Rejected: the app responded with an ordinary response instead.
        NoAnswer: there was no response.
    """

    def __init__(self, target: Any, path: str, headers: Mapping[str, str], task: int) -> None:
        super().__init__(target, Exchange(WEBSOCKET, path, dict(headers)), task)
        target.note(self.exchange)
        self._stack = contextlib.ExitStack()
        try:
            self._connection = self._stack.enter_context(self._connect())
        except InvalidStatus as error:
            self._rejected(error.response)
        except TimeoutError:
            self._lost(f"it was not opened within {target.seconds:g} s")
        except (InvalidHandshake, OSError, EOFError) as error:
            self._lost(f"the connection was lost ({type(error).__name__})")
        assert self._connection.response is not None
        with contextlib.suppress(OSError):  # the app has closed the connection already
            self._connection.socket.settimeout(target.seconds)  # it may never read what is sent to it
        self._opened(SWITCHED, _fields(self._connection.response))

    def _connect(self) -> contextlib.AbstractContextManager[ClientConnection]:
        address, seconds = self.target.address, self.target.seconds
        raw = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        try:
            raw.settimeout(seconds)
            raw.connect(address)
        except OSError:
            raw.close()
            raise
        return connect(
            f"ws://127.0.0.1:{SITE_PORT}{self.exchange.path}",
            sock=raw,
            additional_headers=self.exchange.headers,
            compression=None,
            proxy=None,
            open_timeout=seconds,
            close_timeout=under_load(CLOSE_SECONDS),
            ping_interval=None,
            max_size=MESSAGE_LIMIT,
            max_queue=WAITING,
        )

    def send(self, message: Any) -> None:
        """Send a message: text as it is, anything else as JSON.

        Raises:
            NoAnswer: the app has closed the connection.
        """
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        self.exchange.messages.append((time.monotonic(), text))
        try:
            self._connection.send(text)
        except ConnectionClosed as error:
            self._closed(error)

    def ping(self, seconds: float | None = None) -> None:
        """Wait for a sign that the connection is open; the server sends it, not the endpoint.

        Args:
            seconds: how long to wait, on a machine that is not busy; the app's limit if it is None.

        Raises:
            NoAnswer: the app has closed the connection.
            Failure: there was no sign in time.
        """
        limit = self._limit(seconds)
        try:
            signed = self._connection.ping(ack_on_close=True).wait(limit)
        except ConnectionClosed as error:
            self._closed(error)
        if not signed:
            self._fail(f"{self.exchange} did not respond to a ping within {limit:g} s.")
        if self._connection.close_code is not None:
            self._ended(f"the app closed the connection with code {self._connection.close_code}")

    def close_code(self, seconds: float | None = None) -> int:
        """Wait until the app closes the connection, and return its code.

        Args:
            seconds: how long to wait, on a machine that is not busy; the app's limit if it is None.

        Raises:
            Failure: the connection is still open after that time.
        """
        limit, answer = self._limit(seconds), self.exchange.answer
        with contextlib.suppress(NoAnswer):
            while self._connection.close_code is None:
                try:
                    self._next(limit)
                except TimeoutError:
                    self._fail(f"{self.exchange} was still open after {limit:g} s, expected the app to close it.")
        self.exchange.answer = answer
        return self._connection.close_code or DROPPED

    def close(self) -> bool:
        """Say goodbye, and return whether the app did so as well."""
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            for _ in range(WAITING):  # a client that reads nothing anymore would not see the app's goodbye
                self._connection.recv(timeout=0)
        self._stack.close()
        return self._connection.close_code not in (None, DROPPED)

    def drop(self) -> None:
        """Close the connection without waiting for the app."""
        self.vanish()
        self.close()

    def vanish(self) -> None:
        """Cut the connection without a goodbye, as a phone does whose battery is empty."""
        with contextlib.suppress(OSError):
            self._connection.socket.shutdown(socket.SHUT_RDWR)

    def _read(self, seconds: float) -> str:
        try:
            message = self._connection.recv(timeout=seconds)
        except ConnectionClosed as error:
            self._closed(error)
        return message if isinstance(message, str) else message.decode("utf-8", "replace")

    def _closed(self, error: ConnectionClosed) -> NoReturn:
        reason = error.rcvd.reason if error.rcvd else ""
        code = error.rcvd.code if error.rcvd else DROPPED
        if reason.startswith(BEGINNING_OF_TODO):
            answer = Answer(NOT_IMPLEMENTED, Headers(), reason.encode(), self.exchange)
            self._refused(f"{self.exchange} was closed by a TODO.", answer)
        said = f": {reason}" if reason else ""
        self._ended(f"the app closed the connection with code {code}{said}")

    def _rejected(self, response: Response) -> NoReturn:
        answer = Answer(response.status_code, _fields(response), bytes(response.body or b""), self.exchange)
        self._refused(f"{self.exchange} was rejected with {answer.status}, expected an open connection.", answer)

    def _lost(self, reason: str) -> NoReturn:
        self.target.lost(self.exchange)
        raise NoAnswer(reason, self.exchange) from None


def _fields(response: Response) -> Headers:
    return Headers((name.lower(), value) for name, value in response.headers.raw_items())
