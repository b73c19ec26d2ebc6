"""Advice about a 501: a NotImplementedError that was left in, that is not written yet, or that a library raised."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import find_all
from classroom.checks.causes.reached import is_column, nodes_reached, reached

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classroom.checks.causes.unexpected import Unexpected

NOT_IMPLEMENTED = 501
RAISE = re.compile(
    r"^([ \t]*)raise NotImplementedError(?:\((?:[\"'](.{0,200}?)[\"'])?\))?[ \t]*(?:#.*)?$", re.MULTILINE
)
TODO = re.compile(r"\bTODO \d{1,3}\b")
RETURN = re.compile(r"[ \t]+return\b")
NO_IN = "Operator 'contains' is not supported"  # SQLAlchemy's words for `in` on a column


def left_over(response: Unexpected) -> str | None:
    """Recognize the stub's `raise` that was left above or below the student's own lines."""
    if response.answer.status != NOT_IMPLEMENTED or response.handler is None:
        return None
    body, detail = response.handler.body, _detail(response)
    for position, (number, line) in enumerate(body):
        if not re.match(r"\s*raise NotImplementedError", line):
            continue
        indent = len(line) - len(line.lstrip())
        below = [(n, text) for n, text in body[position + 1 :] if text.strip() and not text.lstrip().startswith("#")]
        if below and len(below[0][1]) - len(below[0][1].lstrip()) == indent:
            return f"{response.handler.file}, line {number} still raises NotImplementedError: line {below[0][0]} is never reached."
        raised = RAISE.match(line)
        if raised and (raised[2] or "") == detail and any(RETURN.match(text) for _, text in body[:position]):
            return (
                f"{response.handler.file}, line {number} still raises NotImplementedError, and this request reaches it."
            )
    return None


def written_again(response: Unexpected) -> str | None:
    """Recognize an endpoint that was written below its stub instead of in its place."""
    stub = response.handler
    if response.answer.status != NOT_IMPLEMENTED or stub is None or not stub.is_stub:
        return None
    for route in response.routes.found:
        if str(route) == str(stub) and not route.is_stub:
            return f"{stub.file}, line {stub.line}: this stub is above your {route} (line {route.line}) and matches first: delete it."
    return None


def in_on_a_column(response: Unexpected) -> str | None:
    """Recognize `q in Resource.name`, for which SQLAlchemy raises a NotImplementedError."""
    if response.answer.status != NOT_IMPLEMENTED or NO_IN not in (_detail(response) or ""):
        return None
    for function, node in nodes_reached(response.routes, response.handler):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In) and is_column(node.comparators[0]):
            return (
                f"{function.file}, line {node.lineno}: Python's `in` does not work on a column (`{ast.unparse(node)}`): "
                "use a method of the column, such as contains() or icontains()."
            )
    return None


def not_written(response: Unexpected) -> str | None:
    """Find the only line that the request reaches and that raises a NotImplementedError of this text, which names no TODO."""
    detail = _detail(response)
    if response.answer.status != NOT_IMPLEMENTED or detail is None or TODO.search(detail):
        return None
    places = []
    for file, node in reached(response.routes, response.handler):
        lines = response.routes.texts[file].splitlines()[: node.end_lineno]
        for number, line in enumerate(lines[node.lineno - 1 :], start=node.lineno):
            if (raised := RAISE.match(line)) and (raised[2] or "") == detail:
                places.append(f"{file}, line {number}")
    return f"{places[0]} still raises NotImplementedError: write your own code there." if len(places) == 1 else None


def place_of(detail: str, texts: Mapping[str, str]) -> str | None:
    """Return file and line of the `raise NotImplementedError` with this text; None unless it is the only one."""
    found = [each.place for each in find_all(RAISE, texts) if (each.match[2] or "") == detail]
    return found[0] if len(found) == 1 else None


def _detail(response: Unexpected) -> str | None:
    """Return what the response says."""
    detail = response.json.get("detail") if isinstance(response.json, dict) else None
    return detail if isinstance(detail, str) else None
