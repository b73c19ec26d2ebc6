"""Advice about an `except` that catches the endpoint's own HTTPException, so that another response is sent."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from http.client import responses
from typing import TYPE_CHECKING, NamedTuple

from classroom.checks.causes.unexpected import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classroom.checks.causes.routes import Route
    from classroom.checks.causes.unexpected import Unexpected

MOST_CHARACTERS = 10_000  # of an endpoint
MOST_SHOWN = 80  # characters of a line
RAISED = "HTTPException"
IMPORTED = re.compile(
    rf"^from (?:fastapi|starlette)[\w.]{{0,40}} import (?:\([^)]{{0,500}}|[^\n(]{{0,300}})\b{RAISED}\b", re.MULTILINE
)
STATUS_NAME = re.compile(r"HTTP_(\d{3})_\w{1,60}")
PLAIN = (ast.Expr, ast.Assign, ast.Pass)
BLOCKS = (ast.If, ast.For, ast.With, ast.AsyncWith, ast.While)
OK = 200
UNKNOWN = object()  # what no JSON is equal to


class Raised(NamedTuple):
    """An HTTPException that a line raises; its detail is UNKNOWN unless it is written down."""

    line: int
    status: int
    detail: object


def caught_again(response: Unexpected) -> str | None:
    """Recognize an `except Exception` that has sent the response, and catches an HTTPException of the expected status."""
    statuses, route = STATUSES.search(response.message), response.handler
    endpoint = _endpoint(response, route) if statuses and route else None
    if statuses is None or route is None or endpoint is None:
        return None
    sent, expected, above = int(statuses[1]), int(statuses[2]), route.body[0][0] - 1
    for block in _tries(endpoint.body):
        clause, lines = _catching(block), [each for each in _raises(block.body) if each.status == expected]
        if clause is None or not lines or _returns_finally(block):
            continue
        line, raised = above + clause.lineno, next(filter(lambda each: _shows(response, each), lines), None)
        name, remedy = _name_of(clause, route, line), f"write `except HTTPException: raise` directly above line {line}."
        if raised:
            return (
                f"{route.file}, line {line}: `{name}` also catches the HTTPException raised on line {above + raised.line}, "
                f"so its {expected} is never sent: {remedy}"
            )
        if _sends(clause, block, response, sent) and "Traceback" not in response.printed:
            return (
                f"{route.file}, line {line}: `{name}` sent this response, which hides the error. "
                f"It also catches the HTTPException raised on line {above + lines[0].line}: {remedy}"
            )
    return None


def _endpoint(response: Unexpected, route: Route) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the syntax of an endpoint; None if it cannot be read, or another one may have responded."""
    text = "\n".join(line for _, line in route.body)
    alike = [other for other in response.routes.found if str(other) == str(route)]
    if len(alike) > 1 or len(text) > MOST_CHARACTERS or not IMPORTED.search(response.routes.texts[route.file]):
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            found = ast.parse(textwrap.dedent(text)).body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _tries(statements: list[ast.stmt]) -> Iterator[ast.Try]:
    """Yield each `try` among these statements, and within them, but not in a function of their own."""
    for statement in statements:
        if isinstance(statement, ast.Try):
            yield statement
        if isinstance(statement, (*BLOCKS, ast.Try)):
            yield from _tries(statement.body)


def _raises(statements: list[ast.stmt]) -> Iterator[Raised]:
    """Yield each HTTPException that these statements raise, and no `try` within them catches."""
    for statement in statements:
        if isinstance(statement, ast.Raise) and (raised := raised_by(statement)):
            yield raised
        elif isinstance(statement, BLOCKS):
            yield from _raises([*statement.body, *getattr(statement, "orelse", [])])
        elif isinstance(statement, ast.Try):
            caught = [each for clause in statement.handlers for each in clause.body]
            yield from _raises([*caught, *statement.orelse, *([] if statement.handlers else statement.body)])


def raised_by(statement: ast.Raise) -> Raised | None:
    """Return what `raise HTTPException(404, "...")` raises, or `HTTPException(status_code=status.HTTP_404_NOT_FOUND)`."""
    call = statement.exc
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == RAISED):
        return None
    given, details = [*call.args[:1], *_named("status_code", call)], [*call.args[1:2], *_named("detail", call)]
    value = _value(given[0]) if given else UNKNOWN
    named = STATUS_NAME.fullmatch(_name(given[0])) if given else None
    status = value if isinstance(value, int) else int(named[1]) if named else None
    if status is None:
        return None
    return Raised(statement.lineno, status, _value(details[0]) if details else responses.get(status, UNKNOWN))


def _named(name: str, call: ast.Call) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords if keyword.arg == name]


def _name(node: ast.expr) -> str:
    """Return the last word of a name such as `psycopg.Error`; nothing if this is none."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _value(node: ast.expr) -> object:
    """Return a value that is written down; UNKNOWN for any other one."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return UNKNOWN


def _catching(block: ast.Try) -> ast.ExceptHandler | None:
    """Return the `except` that catches every HTTPException; None if another one names it, or cannot be read."""
    kinds = [clause.type.elts if isinstance(clause.type, ast.Tuple) else [clause.type] for clause in block.handlers]
    names = [[_name(kind) if kind else "BaseException" for kind in each] for each in kinds]
    if any(not name or name.endswith(RAISED) for each in names for name in each):
        return None
    found = (
        clause for clause, each in zip(block.handlers, names, strict=True) if {"Exception", "BaseException"} & {*each}
    )
    return next(found, None)


def _returns_finally(block: ast.Try) -> bool:
    return any(isinstance(node, ast.Return) for each in block.finalbody for node in ast.walk(each))


def _name_of(clause: ast.ExceptHandler, route: Route, line: int) -> str:
    """Return an `except` as it is written."""
    text = next((text for number, text in route.body if number == line), "").strip()
    text = text.partition(" as ")[0].partition(":")[0][:MOST_SHOWN]
    return "except" if clause.type is None or text.count("(") != text.count(")") else text


def _shows(response: Unexpected, raised: Raised) -> bool:
    """Return whether the response, or what was printed, holds the text of an exception: "404: Item not found"."""
    if not isinstance(raised.detail, str) or not raised.detail:
        return False
    text = f"{raised.status}: {raised.detail}"
    return text in response.answer.text or text in response.printed


def _sends(clause: ast.ExceptHandler, block: ast.Try, response: Unexpected, status: int) -> bool:
    """Return whether the response is the one that an `except` always sends, and its `try` does not."""
    last = clause.body[-1]
    if not isinstance(response.json, dict) or not all(isinstance(each, PLAIN) for each in clause.body[:-1]):
        return False
    if isinstance(last, ast.Raise):
        raised = raised_by(last)
        return raised is not None and raised.status == status and response.json == {"detail": raised.detail}
    if status != OK or not isinstance(last, ast.Return) or last.value is None or _value(last.value) != response.json:
        return False
    others = [node.value for each in block.body for node in ast.walk(each) if isinstance(node, ast.Return)]
    return all(value is not None and _value(value) != response.json for value in others)
