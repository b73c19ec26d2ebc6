"""Advice about an HTTPException that an `except` of the endpoint catches, so that another response is sent."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from http import HTTPStatus
from typing import TYPE_CHECKING

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
RAISES_TOO = ("one", "scalar_one", "index")  # methods that raise an exception of their own where nothing is found
EQUALITIES = (ast.NotIn, ast.Is, ast.Eq)


def caught_again(response: Unexpected) -> str | None:
    """Recognize an HTTPException of the expected status that `except Exception` turns into the response."""
    statuses, route = STATUSES.search(response.message), response.handler
    endpoint = _endpoint(response, route) if statuses and route else None
    if statuses is None or route is None or endpoint is None:
        return None
    sent, expected = int(statuses[1]), int(statuses[2])
    for block in _tries(endpoint.body):
        line = next((line for line, status in _raises(block.body) if status == expected), None)
        clause = _catching(block) if line else None
        if line is None or clause is None:
            continue
        # The text of an HTTPException begins with its status: "404: Item not found".
        is_shown = f"{expected}: ".encode() in response.answer.body
        if is_shown or (_sends(clause, response, sent, is_last=block is endpoint.body[-1]) and _is_sure(block, line)):
            above = route.body[0][0] - 1
            name = next(text for number, text in route.body if number == above + clause.lineno).strip()
            name = name.partition(" as ")[0].partition(":")[0][:MOST_SHOWN]
            return (
                f"{route.file}, line {above + clause.lineno}: `{name}` also catches the HTTPException raised on line "
                f"{above + line}, so its {expected} is never sent: write `except HTTPException: raise` directly above "
                f"line {above + clause.lineno}."
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
        if isinstance(statement, ast.If | ast.For | ast.With | ast.AsyncWith | ast.While | ast.Try):
            yield from _tries(statement.body)


def _raises(statements: list[ast.stmt]) -> Iterator[tuple[int, int]]:
    """Yield line and status of each HTTPException that these statements raise, and no `try` within them catches."""
    for statement in statements:
        if isinstance(statement, ast.Raise) and (status := _status(statement.exc)):
            yield statement.lineno, status
        elif isinstance(statement, ast.If | ast.For | ast.With | ast.AsyncWith | ast.While):
            yield from _raises([*statement.body, *getattr(statement, "orelse", [])])
        elif isinstance(statement, ast.Try):
            yield from _raises([*(each for clause in statement.handlers for each in clause.body), *statement.orelse])


def _status(raised: ast.expr | None) -> int | None:
    """Return the status of `HTTPException(404, ...)` or `HTTPException(status_code=status.HTTP_404_NOT_FOUND, ...)`."""
    if not (isinstance(raised, ast.Call) and isinstance(raised.func, ast.Name) and raised.func.id == RAISED):
        return None
    given = [*raised.args[:1], *_named("status_code", raised)]
    if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, int):
        return given[0].value
    found = STATUS_NAME.fullmatch(_name(given[0])) if given else None
    return int(found[1]) if found else None


def _named(name: str, call: ast.Call) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords if keyword.arg == name]


def _name(node: ast.expr) -> str:
    """Return the last word of a name such as `psycopg.Error`; nothing if this is none."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


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


def _sends(clause: ast.ExceptHandler, response: Unexpected, status: int, *, is_last: bool) -> bool:
    """Return whether the response is the one that an `except` always sends; `is_last` if nothing follows it."""
    last = clause.body[-1]
    if not all(isinstance(each, PLAIN) for each in clause.body[:-1]):
        return False
    if isinstance(last, ast.Raise) and isinstance(last.exc, ast.Call):
        details = [*last.exc.args[1:2], *_named("detail", last.exc)]
        detail = _value(details[0]) if details else HTTPStatus(status).phrase
        return _status(last.exc) == status and response.json == {"detail": detail}
    if status != HTTPStatus.OK:
        return False
    if isinstance(last, ast.Return):
        return bool(response.json == (_value(last.value) if last.value else None))
    return is_last and isinstance(last, PLAIN) and response.json is None


def _value(node: ast.expr) -> object:
    """Return a value that is written down; `...`, which no JSON is, for any other one."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return ...


def _is_sure(block: ast.Try, line: int) -> bool:
    """Return whether hardly anything but the HTTPException of this line can be raised in a `try` up to there."""
    above = [node for each in block.body for node in ast.walk(each) if getattr(node, "lineno", line + 1) <= line]
    return not any(_may_raise(node) for node in above)


def _may_raise(node: ast.AST) -> bool:
    """Return whether this raises something else where nothing is found, or asks for more than whether it was."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Constant)
    if isinstance(node, ast.Call):
        return _name(node.func) in RAISES_TOO or (_name(node.func) == "next" and len(node.args) == 1)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value.lstrip().upper().startswith("INSERT")
    return (
        isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and not isinstance(node.test.ops[0], EQUALITIES)
    )
