"""Connections that stay open: what a check receives over them, one message after the other."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NoReturn

from classroom.apps.exchange import Answer, Failure, GroundMissing, NoAnswer
from classroom.checks.matchers import NAMES, Matcher, difference, show
from classroom.checks.task_client import todo_number
from classroom.core.load import under_load

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange, Headers

RECEIVED_LIMIT = 8_000_000  # characters over one connection: all of them are kept
KEPT, MESSAGE_SHOWN = 8, 200  # messages that a card shows, and characters of each


class Rejected(Failure):
    """The app did not open a connection; `answer` is its response."""

    answer: Answer


class LiveConnection:
    """A connection over which an app sends messages for as long as it is open.

    Args:
        target: the app; see `Client`.
        exchange: the request that opens the connection. Its response shows the most recent messages.
        task: the number of the check's task: a TODO of an earlier one skips the check.

    Attributes:
        received: all messages so far, the oldest first; JSON is decoded.
    """

    def __init__(self, target: Any, exchange: Exchange, task: int) -> None:
        self.target = target
        self.exchange = exchange
        self.task = task
        self.received: list[Any] = []
        self._size = 0

    def receive(self, seconds: float | None = None) -> Any:
        """Return the next message.

        Args:
            seconds: how long to wait for it, on a machine that is not busy; the app's limit if it is None.

        Raises:
            Failure: no message arrives in time.
            NoAnswer: the app has closed the connection.
        """
        limit = self._limit(seconds)
        try:
            return self._next(limit)
        except TimeoutError:
            self._fail(f"{self.exchange} received no message within {limit:g} s.")

    def wait_for(self, expected: Any, seconds: float | None = None) -> Any:
        """Return the next message that matches, as in `expect(...).json`; others before it are skipped.

        Args:
            expected: the message, with matchers if you like.
            seconds: how long to wait for it, on a machine that is not busy; the app's limit if it is None.

        Raises:
            Failure: no such message arrives in time.
            NoAnswer: the app has closed the connection.
        """
        limit, first = self._limit(seconds), len(self.received)
        end = time.monotonic() + limit
        while True:
            try:
                message = self._next(end - time.monotonic())
            except TimeoutError:
                self._fail(self._missing(expected, self.received[first:], limit))
            if difference(message, expected) is None:
                return message

    def close(self) -> bool:
        """Close the connection, and return whether the app takes part in that."""
        raise NotImplementedError

    def drop(self) -> None:
        """Close the connection without waiting for the app."""
        self.close()

    def _read(self, seconds: float) -> str:
        """Return the text of the next message, or raise TimeoutError or NoAnswer."""
        raise NotImplementedError

    def _next(self, seconds: float) -> Any:
        text = self._read(max(0.0, seconds))
        self._size += len(text) + 1
        if self._size > RECEIVED_LIMIT:
            self._fail(f"{self.exchange} received more than {RECEIVED_LIMIT // 1_000_000} MB.")
        self._note(text)
        self.received.append(_decoded(text))
        return self.received[-1]

    def _limit(self, seconds: float | None) -> float:
        usual: float = self.target.seconds
        return usual if seconds is None else min(under_load(seconds), max(usual, seconds))

    def _opened(self, status: int, headers: Headers) -> None:
        self.exchange.answer = Answer(status, headers, b"", self.exchange)

    def _note(self, text: str) -> None:
        """Add a message to the response that a card shows."""
        if answer := self.exchange.answer:
            lines = [*answer.body.decode().splitlines(), text[:MESSAGE_SHOWN].replace("\n", " ")]
            answer.body = "\n".join(lines[-KEPT:]).encode()

    def _missing(self, expected: Any, found: list[Any], limit: float) -> str:
        """Return the sentence about a message that did not arrive: the closest one explains it best."""
        if not found:
            return f"{self.exchange} received no message within {limit:g} s, expected {_in_words(expected)}."
        closest = max(reversed(found), key=lambda message: _in_common(message, expected))
        if not _in_common(closest, expected):
            return f"{self.exchange} received {show(closest)} within {limit:g} s, not {_in_words(expected)}."
        return f"{self.exchange} received {show(closest)}. {difference(closest, expected)}".replace(
            "In the response", "In it"
        )

    def _fail(self, sentence: str) -> NoReturn:
        raise Failure(sentence, self.exchange.answer)

    def _refused(self, sentence: str, answer: Answer) -> NoReturn:
        """Report a response that opens no connection: a TODO of an earlier task skips the check."""
        self.exchange.answer = answer
        number = todo_number(answer)
        if number is not None and number < self.task:
            raise GroundMissing(number, answer) from None
        raise Rejected(sentence, answer) from None

    def _ended(self, reason: str) -> NoReturn:
        """Report that the app has closed the connection: the reason may be an error that it has printed."""
        self.exchange.answer = None
        raise NoAnswer(reason, self.exchange) from None


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _in_common(message: Any, expected: Any) -> int:
    """Return how many fields of a message are as expected."""
    if not isinstance(message, dict) or not isinstance(expected, dict):
        return 0
    return sum(name in message and difference(message[name], value) is None for name, value in expected.items())


def _in_words(expected: Any) -> str:
    """Return what is expected as JSON, with the names of matchers and types in it."""
    if isinstance(expected, dict):
        return "{" + ", ".join(f'"{name}": {_in_words(value)}' for name, value in expected.items()) + "}"
    if isinstance(expected, Matcher):
        return str(getattr(expected, "name", "..."))
    return NAMES.get(expected, "...") if isinstance(expected, type) else show(expected)
