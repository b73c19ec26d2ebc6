"""Advice about responses: common mistakes that show in what came back, each a small rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.depends_advice import depends_forgotten
from classroom.checks.causes.except_advice import caught_again
from classroom.checks.causes.parameter_advice import (
    arguments_of,
    dependency_called,
    header_forgotten,
    missing_in_query,
)
from classroom.checks.causes.raise_advice import not_raised, returned_by_dependency, returned_exception
from classroom.checks.causes.routes import PARAMETER
from classroom.checks.causes.sign_in_advice import decoded_differently, hashes_compared
from classroom.checks.causes.unexpected import STATUSES, Unexpected
from classroom.core.result import NO_ROUTE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.apps.exchange import Answer
    from classroom.checks.causes.routes import Route

NOT_FOUND, WRONG_METHOD, INVALID, NOT_IMPLEMENTED = 404, 405, 422, 501
MAX_PRINTED = 200
ALIKE = 0.9  # how much two paths are alike that differ in a letter


def advise(answer: Answer, folder: Path, printed: str, message: str = "") -> str | None:
    """Return the cause of a response if it is a known mistake, with file and line.

    Args:
        answer: the response that a check did not expect.
        folder: the submission.
        printed: what the app has printed since the request.
        message: what the check says.
    """
    response = Unexpected(answer, folder, printed, message)
    return next(filter(None, (rule(response) for rule in RULES)), None)


def _null(response: Unexpected) -> str | None:
    """Recognize a function that prints, or computes, and returns nothing."""
    if (
        response.json is not None
        or not response.answer.body
        or response.handler is None
        or STATUSES.search(response.message)
    ):
        return None
    route, lines = response.handler, response.handler.body
    printing = next((number for number, line in lines if re.match(r"\s*print\(", line)), None)
    nothing = all(not text or text == "None" for _, text in response.returns)
    if printing is not None and nothing and response.printed.strip():
        shown = response.printed.strip().splitlines()[0][:MAX_PRINTED]
        return f"{route.file}, line {printing}: print() only shows {shown} in the terminal: use return to send it."
    executed = next((n for n, text in response.returns if re.search(r"\.execute\(", text)), None)
    if executed is not None:
        return f"{route.file}, line {executed}: execute() returns None, so this returns null: fetch the rows first."
    if nothing:
        return f"{route.file}, line {lines[0][0]}: {route.function}() ends without a return, so the response is null."
    return None


def _default_status(response: Unexpected) -> str | None:
    """Recognize FastAPI's own 200 where the decorator has to name another code."""
    found = STATUSES.search(response.message)
    if found is None or found[1] != "200" or found[2] not in ("201", "202", "204") or response.handler is None:
        return None
    if (
        "status_code" in "".join(line for _, line in response.handler.body)
        or "status_code" in response.handler.decorator
    ):
        return None
    route, code = response.handler, found[2]
    return f"{route.file}, line {route.line}: {route} returns 200, expected {code}: status_code={code} is missing."


def _no_route(response: Unexpected) -> str | None:
    """Recognize a path that differs from the one asked for, or a function that is not an endpoint."""
    if response.answer.status not in (NOT_FOUND, WRONG_METHOD) or response.json not in (
        {"detail": "Not Found"},
        {"detail": "Method Not Allowed"},
    ):
        return None
    method, asked = response.exchange.method, f"{response.exchange.method} {response.path}"
    route = response.routes.nearest(method, response.path, ALIKE)
    others = [other for other in response.routes.all_of(response.path) if other.method != method]
    if others and route is None and (response.answer.status == WRONG_METHOD or response.routes.complete):
        return f"{others[0].file}, line {others[0].line}: there is no route for {method} {others[0].path}; your app has {others[0]}."
    if lost := _lost(response):
        return lost
    if not response.routes.complete:
        return None  # a route that cannot be read may itself have responded with 404
    handler = response.handler
    if handler is not None and response.routes.has(handler):
        return None  # it has itself responded with 404
    if handler is not None and not handler.matches_anything:
        return _not_included(response, handler)
    if route is None and (bare := response.routes.undecorated(response.path)):
        file, line, name = bare
        return f"{file}, line {line}: {name}() has no decorator, so there is no route for {asked}."
    if route := route or response.routes.nearest(method, response.path):
        yours = f'{method} "{route.path}", with a space' if " " in route.path else str(route)
        return f"{route.file}, line {route.line}: there is no route for {asked}; your app has {yours}."
    return f"{NO_ROUTE} {asked}." if handler is None or handler.is_stub else _not_included(response, handler)


def _lost(response: Unexpected) -> str | None:
    """Return the cause of a route that is written down and is not in the app."""
    if second := response.routes.second_app():
        file, line = second
        return f"{file}, line {line}: a second app = FastAPI() replaces the first one: the routes above it are lost."
    if call := response.routes.without_at(response.exchange.method, response.path):
        file, line, text = call
        return f"{file}, line {line}: `{text}` does nothing without an @ in front of it."
    if bare := response.routes.without_path():
        file, line, text = bare
        return f'{file}, line {line}: `{text}` needs parentheses and a path, as in {text}("{response.path}").'
    route = response.handler
    if route and (
        odd := next((part for part in route.path.split("/") if "{" in part and not PARAMETER.fullmatch(part)), None)
    ):
        return f"{route.file}, line {route.line}: FastAPI takes {odd} for plain text: write {{name}} in the path, and the type in the function."
    return None


def _not_included(response: Unexpected, route: Route) -> str:
    """Return the cause of a route on a router that the app does not include."""
    return response.routes.inclusion.unused_import(route.file, route.owner) or (
        f"{route.file}, line {route.line}: {route} is on a router that app/main.py does not include (include_router)."
    )


def _invalid(response: Unexpected) -> str | None:
    """Recognize a valid request that is rejected because of how the function or the routes are declared."""
    if response.answer.status != INVALID or response.handler is None or not isinstance(response.json, dict):
        return None
    details = response.json.get("detail")
    if not isinstance(details, list) or not details or not isinstance(details[0], dict):
        return None
    location = details[0].get("loc")
    if not isinstance(location, list) or len(location) < 2:  # noqa: PLR2004 - where, and the name
        return None
    route, (source, name) = response.handler, location[:2]
    if source == "path":
        return _caught_by(response, route)
    if source == "query" and details[0].get("type") == "missing":
        arguments = arguments_of(route.body)
        unused = [one for one in route.parameters if one not in arguments]
        if unused and name not in route.parameters:
            names = ", ".join(f"{{{one}}}" for one in unused)
            return f"{route.file}, line {route.line}: the path has {names}, the function {name}: use the same name in both."
        if said := missing_in_query(name, response.exchange, typed=":" in arguments.get(name, ":")):
            return f"{route.file}, line {route.body[0][0]}: {said}"
    return None


def _caught_by(response: Unexpected, route: Route) -> str | None:
    """Return the cause if a route above the one that is meant matches first."""
    meant = next(
        (other for other in response.routes.found if other.path == response.path and other.method == route.method), None
    )
    if meant is None or meant.file != route.file or meant.line < route.line:
        return None
    return f"{route.file}, line {route.line}: {route} is above {meant} (line {meant.line}) and matches {response.path} first."


def _shape(response: Unexpected) -> str | None:
    """Recognize a comma that makes a tuple, and braces that make a set."""
    if not isinstance(response.json, list) or response.handler is None:
        return None
    for number, text in response.returns:
        where = f"{response.handler.file}, line {number}"
        if len(response.json) == 1 and re.search(r"[\])}\w],$", text) and not text.startswith("["):
            return f"{where}: the comma at the end makes this a tuple, which is sent as a list."
        if re.fullmatch(r"\{[^:{}]+\}", text) and "**" not in text:
            return f"{where}: braces without colons make a set, which is sent as a list: write a dict, {{key: value}}."
    return None


def _status_beside_body(response: Unexpected) -> str | None:
    """Recognize Flask's way to send a status code: as the second of two values."""
    if (
        not isinstance(response.json, list)
        or len(response.json) != 2  # noqa: PLR2004
        or type(response.json[1]) is not int
        or response.handler is None
    ):
        return None
    code = response.json[1]
    line = next((number for number, text in response.returns if re.search(rf",\s*{code}\)?$", text)), None)
    if line is None:
        return None
    return f"{response.handler.file}, line {line}: `return value, {code}` sends a two-item list, not a status code: raise HTTPException({code}, ...) instead."


def _left_over(response: Unexpected) -> str | None:
    """Recognize the stub's `raise` that was left above the student's own lines."""
    if response.answer.status != NOT_IMPLEMENTED or response.handler is None:
        return None
    body = response.handler.body
    for position, (number, line) in enumerate(body):
        if not re.match(r"\s*raise NotImplementedError", line):
            continue
        indent = len(line) - len(line.lstrip())
        below = [(n, text) for n, text in body[position + 1 :] if text.strip() and not text.lstrip().startswith("#")]
        if below and len(below[0][1]) - len(below[0][1].lstrip()) == indent:
            return f"{response.handler.file}, line {number} still raises NotImplementedError: line {below[0][0]} is never reached."
    return _written_again(response, response.handler)


def _written_again(response: Unexpected, stub: Route) -> str | None:
    """Recognize an endpoint that was written below its stub instead of in its place."""
    for route in response.routes.found:
        if str(route) == str(stub) and not route.is_stub:
            return f"{stub.file}, line {stub.line}: this stub is above your {route} (line {route.line}) and matches first: delete it."
    return None


RULES: tuple[Callable[[Unexpected], str | None], ...] = (
    _left_over,
    _null,
    _default_status,
    returned_exception,
    returned_by_dependency,
    not_raised,
    caught_again,
    header_forgotten,
    dependency_called,
    depends_forgotten,
    hashes_compared,
    decoded_differently,
    _no_route,
    _invalid,
    _status_beside_body,
    _shape,
)
