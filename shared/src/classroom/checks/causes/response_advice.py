"""Advice about responses: common mistakes that show in what came back, each a small rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classroom.checks.causes.call_advice import method_returned, not_called
from classroom.checks.causes.depends_advice import depends_forgotten
from classroom.checks.causes.except_advice import caught_again
from classroom.checks.causes.flow_advice import never_reached, raised_here
from classroom.checks.causes.parameter_advice import (
    arguments_of,
    dependency_called,
    header_forgotten,
    list_in_list,
    missing_in_query,
    several_models,
)
from classroom.checks.causes.raise_advice import (
    not_raised,
    returned_by_dependency,
    returned_exception,
    returned_without_body,
)
from classroom.checks.causes.response_object_advice import empty_error, header_lost
from classroom.checks.causes.route_advice import no_route
from classroom.checks.causes.row_advice import (
    compared_in_python,
    deleted_in_cascade,
    limit_for_offset,
    null_accepted,
    whole_value,
    without_lastrowid,
)
from classroom.checks.causes.sign_in_advice import claim_required, decoded_differently, hashes_compared, object_decoded
from classroom.checks.causes.stub_advice import in_on_a_column, left_over, not_written, written_again
from classroom.checks.causes.unexpected import STATUSES, Unexpected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.apps.exchange import Answer
    from classroom.checks.causes.routes import Route

INVALID = 422
MAX_PRINTED = 200


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


RULES: tuple[Callable[[Unexpected], str | None], ...] = (
    left_over,
    written_again,
    in_on_a_column,
    not_written,
    not_called,
    method_returned,
    null_accepted,
    _null,
    _default_status,
    returned_exception,
    returned_without_body,
    returned_by_dependency,
    not_raised,
    never_reached,
    caught_again,
    header_forgotten,
    dependency_called,
    depends_forgotten,
    hashes_compared,
    object_decoded,
    decoded_differently,
    claim_required,
    no_route,
    _invalid,
    _status_beside_body,
    _shape,
    several_models,
    list_in_list,
    header_lost,
    empty_error,
    without_lastrowid,
    deleted_in_cascade,
    compared_in_python,
    whole_value,
    limit_for_offset,
    raised_here,
)
