"""A request to an app, its response, and the exceptions by which a check reports what is wrong with them."""

from __future__ import annotations

import http.client
import json as jsonlib
import re
import shlex
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SITE_PORT = 8000
BASE = f"http://127.0.0.1:{SITE_PORT}"
SHOWN = 600  # characters of a body
NOT_IMPLEMENTED = 501  # the response of a TODO
SWITCHED = 101  # the response that opens a WebSocket
BROKEN = 500
CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")  # bytes that no text has
HEAD = re.compile(r"\s*<!doctype html.{0,4000}?<body\b[^>]{0,200}>", re.IGNORECASE | re.DOTALL)
WEBSOCKET = "WebSocket"  # instead of a method


class NoAnswer(Exception):
    """A request got no complete response.

    Attributes:
        exchange: the request.
    """

    def __init__(self, reason: str, exchange: Exchange) -> None:
        super().__init__(reason)
        self.exchange = exchange


@dataclass
class Exchange:
    """A request and its response.

    Attributes:
        content: the request's body.
        answer: the response; None if there was none.
        printed: returns what the app has printed since the request.
        start: which start of the app the request was sent to, counted from 1.
        port: where `run` serves what the request was sent to.
        given: the course's files that the app had instead of the submission's own, by path.
        variables: what the app's environment differed in, by name; None for one that was removed.
        thread: the thread that sent it.
        signed: whether its signature is right, if it went to the storage server.
        messages: what was sent over the WebSocket that it opened, each with its time.
        at: when it was sent.
    """

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    answer: Answer | None = None
    printed: Callable[[], str] | None = None
    start: int = 0
    port: int = SITE_PORT
    given: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str | None] = field(default_factory=dict)
    thread: int = field(default_factory=threading.get_ident)
    signed: bool | None = None
    messages: list[tuple[float, str]] = field(default_factory=list)
    at: float = field(default_factory=time.monotonic)

    def curl(self) -> str:
        """Return the request as a command line for an app started with `run`."""
        if self.method == WEBSOCKET:
            return f"python -m websockets {shlex.quote(f'ws://127.0.0.1:{SITE_PORT}{self.path}')}"
        argv = ["curl", "-i"]
        if self.method != "GET" and not (self.method == "POST" and self.content is not None):
            argv += ["-X", self.method]
        argv.append(shlex.quote(BASE + self.path))
        for name, value in self.headers.items():
            argv += ["-H", shlex.quote(f"{name}: {value}")]
        if self.content is not None:
            argv += ["-d", shlex.quote(self.content.decode("utf-8", "replace"))]
        return " ".join(argv)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Headers(dict[str, str]):
    """Header fields by name, in lower case; the lookup ignores case."""

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        """Return the field's value, or the default."""
        return super().get(name.lower(), default)


@dataclass
class Answer:
    """A response: status, header fields, body.

    Attributes:
        part: the part of a long body that a check has looked at, shown in place of its beginning.
    """

    status: int
    headers: Headers
    body: bytes
    exchange: Exchange
    part: str = ""

    @property
    def is_conclusive(self) -> bool:
        """Whether it says by itself what happened; errors behind a 5xx or a WebSocket show only in the app's output."""
        return self.status < BROKEN and self.status != SWITCHED

    @property
    def size(self) -> int:
        """How many bytes its body and its header fields have, each of which an app may make large."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers.items())

    def without_body(self) -> Answer:
        """Return what is kept of it where only the status is needed."""
        return Answer(self.status, Headers(), b"", self.exchange)

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    @property
    def is_binary(self) -> bool:
        """Whether the body is not text, such as an image; text in an unexpected encoding is still text."""
        return CONTROL.search(self.body) is not None

    @cached_property
    def json(self) -> Any:
        """The body decoded from JSON.

        Raises:
            Failure: it is not JSON.
        """
        try:
            return jsonlib.loads(self.body)
        except (ValueError, RecursionError):
            raise Failure("The response body is not JSON.", self) from None

    def __str__(self) -> str:
        kind = f"{self.status} {http.client.responses.get(self.status, '')}".strip()
        if self.is_binary:
            return f"{kind}\n{len(self.body)} bytes, {self.headers.get('content-type') or 'without a Content-Type'}"
        text = self.part or self._without_head()
        text = text if len(text) <= SHOWN else text[:SHOWN] + f"… ({len(self.body)} bytes in total)"
        empty = "but no message yet" if self.status == SWITCHED else "with an empty body"
        return f"{kind}\n{text}" if text else f"{kind}, {empty}"

    def _without_head(self) -> str:
        """Return the text, of a page only what is in its body: every page of a site begins with the same lines."""
        head = HEAD.match(self.text)
        if head is None:
            return self.text
        return "\n".join(["…", *(line for line in self.text[head.end() :].splitlines() if line.strip())])


class Failure(AssertionError):
    """The submission did not do what the task asks.

    Attributes:
        answer: the response in question, if there is one.
    """

    def __init__(self, sentence: str, answer: Answer | None = None) -> None:
        super().__init__(sentence)
        self.answer = answer


class GroundMissing(Exception):
    """An earlier task, which this check builds on, does not work yet."""

    def __init__(self, task: int, answer: Answer | None = None, missing: str | None = None) -> None:
        super().__init__(f"because task {task} is not there yet{_what_happened(answer, missing)}")
        self.task = task
        self.answer = answer


def _what_happened(answer: Answer | None, missing: str | None) -> str:
    """Return what the earlier task's response was, for the end of a sentence; nothing for a TODO."""
    if answer is None or answer.status == NOT_IMPLEMENTED:
        return ""
    if missing is not None:
        return f": the response to {answer.exchange} has no {missing}"
    return f": {answer.exchange} returned {answer.status}"
