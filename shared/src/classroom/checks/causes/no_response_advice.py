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
            if reason := _endless(loop):
                return f"{function.file}, line {loop.lineno}: this while loop may never end: {reason}."
    return None


def _endless(loop: ast.While) -> str | None:
    """Return why a loop over numbers may not end; None if anything else may end or change it."""
    names = _numbers(loop.test)
    if not names or any(isinstance(node, LEAVING) for each in loop.body for node in ast.walk(each)):
        return None
    if any(name in _in_calls(loop) for name in names):
        return None
    changed = [
        (name, statement, depth) for statement, depth in _statements(loop) for name in _changed(statement) & names
    ]
    shown = " and ".join(f"`{name}`" for name in sorted(names))
    if not changed:
        return f"no line in it changes {shown}"
    if any(depth is None for _, _, depth in changed):
        return None
    name, statement, test = changed[0]
    return f"line {statement.lineno} changes `{name}` only under `if {test}:`"


def _numbers(test: ast.expr) -> set[str]:
    """Return the variables that a condition such as `i < len(items)` compares; none for another condition."""
    if not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Name):
        return set()
    return {test.left.id, *(each.id for each in test.comparators if isinstance(each, ast.Name))}


def _in_calls(loop: ast.While) -> set[str]:
    """Return the names that a loop shares with what may change them: functions in it, and the receivers of methods."""
    found = set[str]()
    for node in (node for each in loop.body for node in ast.walk(each)):
        if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.Global, ast.Nonlocal, ast.NamedExpr)):
            return {name.id for name in ast.walk(loop) if isinstance(name, ast.Name)}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(node.value.id)
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
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
