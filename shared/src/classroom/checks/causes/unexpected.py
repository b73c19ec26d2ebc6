"""A response that a check did not expect, with what is known of the app that sent it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from classroom.checks.causes.routes import Routes

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.apps.exchange import Answer, Exchange
    from classroom.checks.causes.routes import Route

MAX_BODY = 20_000  # bytes that are looked at
STATUSES = re.compile(r"returned (\d{3}), expected (\d{3})")  # in the message of a check
RETURN = re.compile(r"\s*return\b(.*)")


@dataclass
class Unexpected:
    """A response that a check did not expect, and the source of the app that sent it."""

    answer: Answer
    folder: Path
    printed: str
    message: str = ""

    @property
    def exchange(self) -> Exchange:
        """The request."""
        return self.answer.exchange

    @property
    def path(self) -> str:
        """The path of the request without its query."""
        return unquote(self.exchange.path.partition("?")[0])

    @cached_property
    def json(self) -> Any:
        """The body; `...` if it is not JSON."""
        try:
            return json.loads(self.answer.body) if len(self.answer.body) <= MAX_BODY else ...
        except (ValueError, RecursionError):
            return ...

    @cached_property
    def routes(self) -> Routes:
        """The routes in the app's files."""
        return Routes(self.folder)

    @cached_property
    def handler(self) -> Route | None:
        """The route that has sent the response."""
        return self.routes.handler(self.exchange.method, self.path)

    @property
    def returns(self) -> list[tuple[int, str]]:
        """The return statements of the handler: line and value."""
        body = self.handler.body if self.handler else ()
        return [(number, match[1].strip()) for number, line in body if (match := RETURN.match(line))]
