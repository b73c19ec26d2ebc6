"""Advice about a call without its parentheses: the name of a method does nothing, and is no result."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from classroom.checks.causes.reached import nodes_reached, reached

if TYPE_CHECKING:
    from classroom.checks.causes.unexpected import Unexpected

DOING = ("begin", "clear", "close", "commit", "flush", "reverse", "rollback", "sort")  # and return nothing
GIVING = ("all", "fetchall", "fetchone", "first")


def not_called(response: Unexpected) -> str | None:
    """Recognize a statement such as `session.commit`, which does nothing without its parentheses."""
    for function, node in nodes_reached(response.routes, response.handler):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute) and node.value.attr in DOING:
            name = ast.unparse(node.value)
            return f"{function.file}, line {node.lineno}: `{name}` does nothing without parentheses: write {name}()."
    return None


def method_returned(response: Unexpected) -> str | None:
    """Recognize a method that was returned instead of its result, which FastAPI sends as an empty object."""
    if response.json != {}:
        return None
    for function in reached(response.routes, response.handler):
        returned = {
            ast.unparse(node.value) for node in ast.walk(function.node) if isinstance(node, ast.Return) and node.value
        }
        for node in ast.walk(function.node):
            is_returned = isinstance(node, ast.Return) or (
                isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in returned
            )
            value = node.value if is_returned and isinstance(node, (ast.Return, ast.Assign)) else None
            if isinstance(value, ast.Attribute) and value.attr in GIVING:
                name = ast.unparse(value)
                return f"{function.file}, line {value.lineno}: the parentheses are missing: write {name}()."
    return None
