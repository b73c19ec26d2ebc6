"""Send an example of the lesson to the student's own app, and describe what came back."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from classroom.apps.client import Client
from classroom.apps.exchange import NoAnswer
from classroom.core.ports import HOST
from classroom.core.text import sanitize
from classroom.student.examples import FIRST_PORT
from classroom.student.learn.shell_values import NoValueError, filled_in
from classroom.web.markdown import highlighted

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.apps.exchange import Answer
    from classroom.student.examples import Example

SECONDS = 10
NOTHING = Markup()
MOST = 20_000  # characters of a body that are shown


@dataclass(frozen=True)
class Outcome:
    """What came back: a status line, header fields and a body, or the reason why nothing did."""

    status: int = 0
    phrase: str = ""
    kind: str = ""
    milliseconds: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: Markup = NOTHING
    problem: str = ""


class _Target:
    """Where a client sends its requests: one port of this machine."""

    seconds = SECONDS

    def __init__(self, port: int) -> None:
        self.address = (HOST, port)

    def note(self, _: Any) -> None:
        """Ignore a request that is about to be sent."""

    def lost(self, _: Any) -> None:
        """Ignore a request that got no response."""


def send(example: Example, port: int, folder: Path) -> Outcome:
    """Send the request of an example to this port of this machine, and return what came back.

    Args:
        example: one that can be sent.
        port: of the app, or of the first one where there are several.
        folder: the folder of the week, whose programs may print what the request needs.
    """
    try:
        request = replace(example, command=filled_in(example.command, folder)).request()
    except NoValueError as error:
        return Outcome(problem=sanitize(str(error)))
    assert request is not None
    url = urlsplit(request["url"])
    method = request["method"] or ("GET" if request["content"] is None else "POST")
    headers = dict(request["headers"])
    if request["content"] is not None:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")  # as curl does
    began = time.monotonic()
    try:
        path = url.path + (f"?{url.query}" if url.query else "")
        client = Client(_Target(port + (url.port or FIRST_PORT) - FIRST_PORT))
        answer = client.request(method, path, headers=headers, content=request["content"], follow=False)
    except NoAnswer as error:
        return Outcome(problem=f"Your app did not respond: {sanitize(str(error))}. If it hangs, Restart stops it.")
    return _described(answer, round((time.monotonic() - began) * 1000))


def _described(answer: Answer, milliseconds: int) -> Outcome:
    fields = tuple((sanitize(name), sanitize(value)) for name, value in answer.headers.items())
    known = answer.status in HTTPStatus._value2member_map_
    return Outcome(
        status=answer.status,
        phrase=HTTPStatus(answer.status).phrase if known else "",
        kind="good" if answer.status < 400 else "refused" if answer.status < 500 else "bad",  # noqa: PLR2004
        milliseconds=milliseconds,
        headers=fields,
        body=_body(answer.text),
    )


def _body(text: str) -> Markup:
    """Return a body as HTML: JSON in lines and highlighted, anything else as it is."""
    if len(text) > MOST:
        return escape(sanitize(text, MOST))
    try:
        pretty = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return escape(sanitize(text, MOST))
    return Markup(highlighted(sanitize(pretty, 2 * MOST), "json"))  # noqa: S704 - pygments escapes what it reads
