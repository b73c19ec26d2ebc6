"""Advice about responses: common mistakes that show in what came back, each a small rule."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from classroom.checks.routes import Routes
from classroom.core.result import NO_ROUTE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.apps.exchange import Answer, Exchange
    from classroom.checks.routes import Route

NOT_FOUND, WRONG_METHOD, INVALID, NOT_IMPLEMENTED = 404, 405, 422, 501
MAX_BODY = 20_000  # bytes that are looked at
MAX_PRINTED = 200
STATUSES = re.compile(r"returned (\d{3}), expected (\d{3})")
RETURN = re.compile(r"\s*return\b(.*)")


@dataclass
class Case:
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
        """The lines of the handler that return something, and what."""
        body = self.handler.body if self.handler else ()
        return [(number, match[1].strip()) for number, line in body if (match := RETURN.match(line))]


def advise(answer: Answer, folder: Path, printed: str, message: str = "") -> str | None:
    """Return the cause of a response, if it is that of a known mistake, with file and line.

    Args:
        answer: the response that a check did not expect.
        folder: the submission.
        printed: what the app has printed since the request.
        message: what the check says.
    """
    case = Case(answer, folder, printed, message)
    for rule in RULES:
        if cause := rule(case):
            return cause
    return None


def _null(case: Case) -> str | None:
    """Recognize a function that prints, or computes, and returns nothing."""
    if case.json is not None or not case.answer.body or case.handler is None or STATUSES.search(case.message):
        return None
    route, lines = case.handler, case.handler.body
    printing = next((number for number, line in lines if re.match(r"\s*print\(", line)), None)
    if printing is not None and case.printed.strip():
        shown = case.printed.strip().splitlines()[0][:MAX_PRINTED]
        return f"{route.file}, line {printing}: print() shows {shown} in the terminal only: use return to send it."
    executed = next((n for n, text in case.returns if re.search(r"\.execute\(", text)), None)
    if executed is not None:
        return f"{route.file}, line {executed}: execute() returns None, so this returns null: fetch the rows first."
    if all(not text or text == "None" for _, text in case.returns):
        return f"{route.file}, line {lines[0][0]}: {route.function}() ends without a return, so the response is null."
    return None


def _default_status(case: Case) -> str | None:
    """Recognize FastAPI's own 200 where the decorator has to name another code."""
    found = STATUSES.search(case.message)
    if found is None or found[1] != "200" or found[2] not in ("201", "204") or case.handler is None:
        return None
    if "status_code" in "".join(line for _, line in case.handler.body) or "status_code" in case.handler.decorator:
        return None
    route, code = case.handler, found[2]
    return f"{route.file}, line {route.line}: {route}: 200, expected {code}: status_code={code} is missing."


def _returned_exception(case: Case) -> str | None:
    found = case.json
    if not isinstance(found, dict) or not {"status_code", "detail", "headers"} >= set(found) >= {
        "status_code",
        "detail",
    }:
        return None
    line = next(((n, text) for n, text in case.returns if "HTTPException" in text), None)
    where = f"{case.handler.file}, line {line[0]}: " if case.handler and line else ""
    return f"{where}HTTPException is returned here: it must be raised (raise HTTPException...)."


def _no_route(case: Case) -> str | None:
    """Recognize a path that differs from the one asked for, or a function that is no endpoint."""
    if case.answer.status not in (NOT_FOUND, WRONG_METHOD) or case.json not in (
        {"detail": "Not Found"},
        {"detail": "Method Not Allowed"},
    ):
        return None
    method, asked = case.exchange.method, f"{case.exchange.method} {case.path}"
    others = [route for route in case.routes.all_of(case.path) if route.method != method]
    if others:
        return f"{others[0].file}, line {others[0].line}: there is no route {method} {others[0].path}; your app has {others[0]}."
    if second := case.routes.second_app():
        file, line = second
        return f"{file}, line {line}: a second app = FastAPI() replaces the first one: the routes above it are lost."
    if case.handler is not None:
        return _not_included(case, case.handler)
    if call := case.routes.without_at(method, case.path):
        file, line, text = call
        return f"{file}, line {line}: `{text}` does nothing without the @ at its beginning."
    if bare := case.routes.undecorated(case.path):
        file, line, name = bare
        return f"{file}, line {line}: {name}() has no decorator, so there is no route for {asked}."
    if route := case.routes.nearest(method, case.path):
        return f"{route.file}, line {route.line}: there is no route for {asked}; your app has {route}."
    return f"{NO_ROUTE} {asked}."


def _not_included(case: Case, route: Route) -> str | None:
    """Return the cause if a route is declared on a router that the app does not include."""
    if route.owner == "app" or any("include_router" in text for text in case.routes.texts.values()):
        return None
    return (
        f"{route.file}, line {route.line}: {route} is on a router that app/main.py does not include (include_router)."
    )


def _invalid(case: Case) -> str | None:
    """Recognize a valid request that is rejected because of how the function or the routes are declared."""
    if case.answer.status != INVALID or case.handler is None or not isinstance(case.json, dict):
        return None
    details = case.json.get("detail")
    if not isinstance(details, list) or not details or not isinstance(details[0], dict):
        return None
    location = details[0].get("loc")
    if not isinstance(location, list) or len(location) < 2:  # noqa: PLR2004 - where, and the name
        return None
    route, (source, name) = case.handler, location[:2]
    if source == "path":
        return _caught_by(case, route)
    if source == "query" and details[0].get("type") == "missing":
        if route.parameters and name not in route.parameters:
            names = ", ".join(f"{{{one}}}" for one in route.parameters)
            return f"{route.file}, line {route.line}: the path has {names}, the function {name}: use the same name in both."
        if case.exchange.content is not None:
            return (
                f"{route.file}, line {route.body[0][0]}: {name} is expected in the query, and was sent in the body: "
                "declare a Pydantic model as the parameter."
            )
    return None


def _caught_by(case: Case, route: Route) -> str | None:
    """Return the cause if a route above the one that is meant matches first."""
    meant = next(
        (other for other in case.routes.found if other.path == case.path and other.method == route.method), None
    )
    if meant is None or meant.file != route.file or meant.line < route.line:
        return None
    return (
        f"{route.file}, line {route.line}: {route} is above {meant} (line {meant.line}) and matches {case.path} first."
    )


def _shape(case: Case) -> str | None:
    """Recognize a comma that makes a tuple, and braces that make a set."""
    if not isinstance(case.json, list) or case.handler is None:
        return None
    for number, text in case.returns:
        where = f"{case.handler.file}, line {number}"
        if len(case.json) == 1 and re.search(r"[\])}\w],$", text) and not text.startswith("["):
            return f"{where}: the comma at the end makes this a tuple, which is sent as a list."
        if re.fullmatch(r"\{[^:{}]+\}", text) and "**" not in text:
            return f"{where}: braces without colons make a set, which is sent as a list: write a dict, {{key: value}}."
    return None


def _status_beside_body(case: Case) -> str | None:
    """Recognize Flask's way to send a status code: as the second of two values."""
    if not isinstance(case.json, list) or len(case.json) != 2 or type(case.json[1]) is not int or case.handler is None:  # noqa: PLR2004
        return None
    code = case.json[1]
    line = next((number for number, text in case.returns if re.search(rf",\s*{code}\)?$", text)), None)
    if line is None:
        return None
    return f"{case.handler.file}, line {line}: a code after the value is sent as a list: raise HTTPException({code}, ...) instead."


def _left_over(case: Case) -> str | None:
    """Recognize the stub's `raise` that was left above the student's own lines."""
    if case.answer.status != NOT_IMPLEMENTED or case.handler is None:
        return None
    body = case.handler.body
    for position, (number, line) in enumerate(body):
        if not re.match(r"\s*raise NotImplementedError", line):
            continue
        indent = len(line) - len(line.lstrip())
        below = [(n, text) for n, text in body[position + 1 :] if text.strip() and not text.lstrip().startswith("#")]
        if below and len(below[0][1]) - len(below[0][1].lstrip()) == indent:
            return f"{case.handler.file}, line {number} still raises NotImplementedError: line {below[0][0]} is never reached."
    return None


RULES: tuple[Callable[[Case], str | None], ...] = (
    _left_over,
    _null,
    _default_status,
    _returned_exception,
    _no_route,
    _invalid,
    _status_beside_body,
    _shape,
)
