"""Advice about a Response that an endpoint returns itself: FastAPI adds nothing to it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from classroom.checks.causes.reached import reached

if TYPE_CHECKING:
    from classroom.checks.causes.unexpected import Unexpected

NO_HEADER = re.compile(r"The response has no ([\w-]+) header")
CLASSES = ("JSONResponse", "Response")
ERRORS = range(400, 500)


def header_lost(response: Unexpected) -> str | None:
    """Recognize a header that was set on FastAPI's response, although another one is returned."""
    missing = NO_HEADER.search(response.message)
    for function in reached(response.routes, response.handler)[:1] if missing else ():
        header = rf"^(\w+)\.headers\[([\"']){missing[1]}\2\]$" if missing else ""
        assigned = [
            target for node in ast.walk(function.node) if isinstance(node, ast.Assign) for target in node.targets
        ]
        found = next(filter(None, (re.match(header, ast.unparse(each), re.IGNORECASE) for each in assigned)), None)
        returns = [node for node in ast.walk(function.node) if isinstance(node, ast.Return)]
        for call in _returned(function.node) if len(returns) == 1 else ():
            if found and not any(keyword.arg == "headers" for keyword in call.keywords):
                return (
                    f"{function.file}, line {call.lineno}: this {ast.unparse(call.func)} is sent instead of `{found[1]}`, "
                    "whose headers are lost: return the value itself."
                )
    return None


def empty_error(response: Unexpected) -> str | None:
    """Recognize an error that is sent as an empty Response, without the detail that clients expect."""
    if response.answer.body or response.answer.status not in ERRORS:
        return None
    status = response.answer.status
    for function in reached(response.routes, response.handler):
        for call in _returned(function.node):
            code = next((each.value for each in call.keywords if each.arg == "status_code"), None)
            if not call.args and isinstance(code, ast.Constant) and code.value == status and len(call.keywords) == 1:
                return (
                    f"{function.file}, line {call.lineno}: this Response has no body: "
                    f"write `raise HTTPException({status}, ...)` instead of the return."
                )
    return None


def _returned(function: ast.AST) -> list[ast.Call]:
    """Return the responses that a function makes in its return statements."""
    values = (node.value for node in ast.walk(function) if isinstance(node, ast.Return))
    calls = (value for value in values if isinstance(value, ast.Call))
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in CLASSES]
