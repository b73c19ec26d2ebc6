"""Advice about a request without a response: a `while` loop that may never end."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from classroom.checks.causes.reached import blocks, reached
from classroom.checks.causes.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.apps.exchange import Exchange

TIMED_OUT = "no response within"
LEAVING = (ast.Break, ast.Return, ast.Raise, ast.Await, ast.Yield)


def advise_without_response(exchange: Exchange, folder: Path, message: str) -> str | None:
    """Return the place of a loop that may never end, if a request to its endpoint has had no response in time."""
    if TIMED_OUT not in message:
        return None
    routes = Routes(folder)
    handler = routes.handler(exchange.method, exchange.path.partition("?")[0])
    for function in reached(routes, handler):
        for loop in (node for node in ast.walk(function.node) if isinstance(node, ast.While)):
            if reason := _endless(loop, function.node):
                return f"{function.file}, line {loop.lineno}: this while loop may never end: {reason}."
    return None


def _endless(loop: ast.While, function: ast.AST) -> str | None:
    """Return why a loop over numbers may not end; None if anything else may end or change it."""
    names = _numbers(loop.test, function)
    if not names or any(isinstance(node, LEAVING) for each in loop.body for node in ast.walk(each)):
        return None
    if any(name in _in_calls(loop) for name in names):
        return None
    changed = [
        (name, statement, depth) for statement, depth in _statements(loop) for name in _changed(statement) & names
    ]
    if not changed:
        return f"no line in it changes {' or '.join(f'`{name}`' for name in sorted(names))}"
    if any(depth is None for _, _, depth in changed):
        return None
    name, statement, test = changed[0]
    return f"line {statement.lineno} changes `{name}` only under `if {test}:`"


def _numbers(test: ast.expr, function: ast.AST) -> set[str]:
    """Return the variables that a condition such as `i < len(items)` compares; none unless the first is the function's own."""
    if not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Name):
        return set()
    own = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    called = {node.func.id for node in ast.walk(test) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)} - called
    return names if test.left.id in own else set()


def _in_calls(loop: ast.While) -> set[str]:
    """Return the names that a loop shares with what may change them: functions in it, and what has methods or gets items."""
    found = set[str]()
    for node in (node for each in loop.body for node in ast.walk(each)):
        if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.Global, ast.Nonlocal, ast.NamedExpr)):
            return {name.id for name in ast.walk(loop) if isinstance(name, ast.Name)}
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.value, ast.Name):
            is_read = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
            found |= set() if is_read else {node.value.id}
    return found


def _statements(loop: ast.While) -> Iterator[tuple[ast.stmt, str | None]]:
    """Yield the statements of a loop, each with the condition of the only `if` around it; None if it needs none."""
    for block in blocks(loop):
        for statement in block.statements if block.part == "body" or block.owner is not loop else ():
            is_conditional = isinstance(block.owner, ast.If) and block.part == "body"
            yield (
                statement,
                ast.unparse(block.owner.test) if is_conditional and isinstance(block.owner, ast.If) else None,
            )


def _changed(statement: ast.stmt) -> set[str]:
    """Return the variables that a statement itself assigns."""
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, (ast.AugAssign, ast.AnnAssign, ast.For))
        else []
    )
    names = (node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}
