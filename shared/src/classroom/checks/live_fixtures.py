"""The fixture of checks for connections that stay open: WebSockets and server-sent events."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from classroom.core.errors import CouldNotCheck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.apps.client import Client
    from classroom.apps.exchange import Answer
    from classroom.checks.event_stream import EventStream
    from classroom.checks.live import LiveConnection
    from classroom.checks.websocket import WebSocket

INSTALL = "Type: python -m pip install -r requirements.txt"
Kind = TypeVar("Kind", bound="LiveConnection")


class Live:
    """Opens connections to the app, and closes them at the end of the check.

    Args:
        target: the app; see `Client`.
        task: the number of the check's task: a TODO of an earlier one skips the check.
    """

    def __init__(self, target: Any, task: int) -> None:
        self.target = target
        self.task = task
        self._open: list[LiveConnection] = []

    def websocket(self, path: str, headers: dict[str, str] | None = None) -> WebSocket:
        """Return an open WebSocket.

        Raises:
            Rejected: the app responded with an ordinary response instead.
            NoAnswer: there was no response.
            GroundMissing: the response is the TODO of an earlier task.
            CouldNotCheck: the package for WebSockets is missing.
        """
        try:
            from classroom.checks.websocket import WebSocket
        except ModuleNotFoundError as error:
            raise CouldNotCheck(f"The package {error.name} is not installed. {INSTALL}") from None
        return self._kept(WebSocket(self.target, path, headers or {}, self.task))

    def rejection(self, path: str, headers: dict[str, str] | None = None) -> Answer | None:
        """Return the response to a request for a WebSocket that the app rejects, or None if the app opens it."""
        from classroom.checks.live import Rejected

        try:
            self.websocket(path, headers)
        except Rejected as error:
            return error.answer
        return None

    def events(self, path: str, headers: dict[str, str] | None = None) -> EventStream:
        """Return an open stream of server-sent events.

        Raises:
            Rejected: the response is not such a stream.
            NoAnswer: there was no response.
            GroundMissing: the response is the TODO of an earlier task.
        """
        from classroom.checks.event_stream import EventStream

        return self._kept(EventStream(self.target, path, headers or {}, self.task))

    def close(self) -> None:
        """Close all that were opened, one by one, so that the next check does not meet them; do not wait for a stuck app."""
        responsive = True
        for connection in self._open:
            with contextlib.suppress(OSError):
                if responsive:
                    responsive = connection.close()
                else:
                    connection.drop()
        self._open.clear()

    def _kept(self, connection: Kind) -> Kind:
        self._open.append(connection)
        return connection


@pytest.fixture
def live(client: Client, task_number: int) -> Iterator[Live]:
    """Opens WebSockets and streams of events, which are closed at the end of the check."""
    opened = Live(client.target, task_number)
    yield opened
    opened.close()
