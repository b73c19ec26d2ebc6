"""Advice about an HTTPException that an `except` of the handler catches, so that another response is sent."""

from __future__ import annotations

import ast
import textwrap
import warnings
from typing import TYPE_CHECKING

from classroom.checks.causes.unexpected import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.checks.causes.unexpected import Unexpected

MOST_CHARACTERS = 10_000  # of a handler
RAISED = "HTTPException"
CATCHES_IT = (RAISED, "Exception", "BaseException")


def caught_again(response: Unexpected) -> str | None:
    """Recognize an HTTPException of the expected status that `except Exception` turns into the response."""
    statuses, route = STATUSES.search(response.message), response.handler
    if statuses is None or route is None:
        return None
    tree = _parsed("\n".join(line for _, line in route.body))
    above = route.body[0][0] - 1
    for block in ast.walk(tree) if tree else ():
        if not isinstance(block, ast.Try):
            continue
        raised = next((line for line, code in _raises(block.body) if code == int(statuses[2])), None)
        catching = _catching(block) if raised else None
        if raised and catching and _sends(catching, response, int(statuses[1])):
            name = f"except {ast.unparse(catching.type)}" if catching.type else "except"
            return (
                f"{route.file}, line {above + catching.lineno}: `{name}` also catches the HTTPException of line {above + raised}: "
                f"write `except HTTPException: raise` above it."
            )
    return None


def _parsed(text: str) -> ast.Module | None:
    """Return the syntax of a function; None if it cannot be read."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _raises(statements: list[ast.stmt]) -> Iterator[tuple[int, int]]:
    """Yield line and status of each HTTPException that these statements raise, and no inner `try` can catch."""
    for statement in statements:
        if isinstance(statement, ast.Raise) and (code := _status(statement.exc)):
            yield statement.lineno, code
        elif isinstance(statement, ast.If | ast.For | ast.With | ast.AsyncWith | ast.While):
            yield from _raises(statement.body)
            yield from _raises(getattr(statement, "orelse", []))


def _status(raised: ast.expr | None) -> int | None:
    """Return the status of `HTTPException(404, ...)` or `HTTPException(status_code=404, ...)`."""
    if not (isinstance(raised, ast.Call) and isinstance(raised.func, ast.Name) and raised.func.id == RAISED):
        return None
    named = [keyword.value for keyword in raised.keywords if keyword.arg == "status_code"]
    given = [*raised.args[:1], *named]
    if not given:
        return None
    text = ast.unparse(given[0]).removeprefix("status.").removeprefix("HTTP_")[:3]
    return int(text) if text.isdecimal() else None


def _catching(block: ast.Try) -> ast.ExceptHandler | None:
    """Return the first `except` of a `try` that catches an HTTPException; None if that cannot be told."""
    for handler in block.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names = [kind.id if isinstance(kind, ast.Name) else None for kind in kinds if kind is not None]
        if None in names:
            return None
        if handler.type is None or set(names) & set(CATCHES_IT):
            return handler
    return None


def _sends(handler: ast.ExceptHandler, response: Unexpected, status: int) -> bool:
    """Return whether the response is what an `except` raises or returns."""
    last = handler.body[-1]
    if any(isinstance(node, ast.Raise) and not isinstance(node.exc, ast.Call) for node in ast.walk(handler)):
        return False  # it may raise again what it caught
    if isinstance(last, ast.Raise):
        return _status(last.exc) == status
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Dict) or not isinstance(response.json, dict):
        return False
    keys = [key.value if isinstance(key, ast.Constant) else None for key in last.value.keys]
    return keys == list(response.json)
