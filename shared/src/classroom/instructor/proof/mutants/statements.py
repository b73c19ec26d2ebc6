"""Mutations of Python statements: omitted statements, branches that are always taken, routes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from classroom.instructor.proof.mutants import expressions
from classroom.instructor.proof.mutants.source import Change, Source
from classroom.instructor.proof.mutants.tree import Function, is_route, note_parents, parent, scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

METHODS = {"get": "post", "post": "put", "put": "patch", "patch": "put", "delete": "post"}


def changes(source: Source) -> Iterator[Change]:
    """Yield every mutation of a Python file."""
    tree = ast.parse(source.text)
    note_parents(tree)
    for node in ast.walk(tree):
        if mutate := MUTATIONS.get(type(node)):
            yield from mutate(source, node)
        yield from expressions.changes(source, node)
    yield from _swapped_routes(source, tree)


def _omitted(source: Source, node: ast.stmt) -> Iterator[Change]:
    yield source.replaced(node, "pass")


def _expression(source: Source, node: ast.Expr) -> Iterator[Change]:
    """Omit a call whose value is not used, or the docstring of a route, which the API documentation shows."""
    if isinstance(node.value, ast.Call | ast.Await):
        yield source.replaced(node, "pass")
    elif isinstance(node.value, ast.Constant):
        function = parent(node)
        if isinstance(function, Function) and is_route(function) and function.body[0] is node:
            yield source.replaced(node, "pass")


def _assigned(source: Source, node: ast.Assign) -> Iterator[Change]:
    """Omit an assignment without which the file still runs: an attribute, or a name that has another value."""
    target = node.targets[0]
    if isinstance(target, ast.Name) and not isinstance(parent(node), ast.ClassDef):
        others = [other for other in ast.walk(scope(node)) if isinstance(other, ast.Assign) and other is not node]
        if not any(isinstance(name, ast.Name) and name.id == target.id for other in others for name in other.targets):
            return
    yield source.replaced(node, "pass")


def _field(source: Source, node: ast.AnnAssign) -> Iterator[Change]:
    """Omit a field of a class, or its default."""
    if isinstance(parent(node), ast.ClassDef):
        yield source.replaced(node, "pass")
        if node.value is not None:
            yield Change(source.end(node.annotation), source.end(node.value), "")


def _returned(source: Source, node: ast.Return) -> Iterator[Change]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield source.replaced(node.value, "None")


def _decided(source: Source, node: ast.If | ast.IfExp) -> Iterator[Change]:
    yield from (source.replaced(node.test, truth) for truth in ("True", "False"))


def _tried(source: Source, node: ast.Try) -> Iterator[Change]:
    for handler in node.handlers:
        yield Change(source.start(handler.body[0]), source.end(handler.body[-1]), "raise")
    if node.finalbody:
        yield Change(source.start(node.finalbody[0]), source.end(node.finalbody[-1]), "pass")


def _with(source: Source, node: ast.With) -> Iterator[Change]:
    contexts = [item.context_expr for item in node.items]
    if len(contexts) == 1 and node.items[0].optional_vars is None:
        yield Change(source.start(node), source.end(contexts[0]), "if True")
    for item, following in zip(node.items, contexts[1:], strict=False):
        if item.optional_vars is None:
            yield Change(source.start(item.context_expr), source.start(following), "")


def _function(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Change]:
    for decorator in node.decorator_list:
        yield Change(source.start(decorator) - 1, source.end(decorator), "")
        if route := _route(decorator):
            end = source.end(decorator.func)  # type: ignore[attr-defined]
            yield Change(end - len(route[0]), end, METHODS[route[0]])
    arguments = [*node.args.posonlyargs, *node.args.args]
    defaults = node.args.defaults
    for argument, default in zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True):
        yield Change(source.end(argument), source.end(default), "")
    for argument in arguments if is_route(node) else ():
        if isinstance(argument.annotation, ast.Name):
            yield Change(source.start(argument) + len(argument.arg), source.end(argument), "")


def _route(decorator: ast.expr) -> tuple[str, str] | None:
    """Return method and path of a route's decorator, or None."""
    match decorator:
        case ast.Call(func=ast.Attribute(attr=method), args=[ast.Constant(value=str(path)), *_]) if method in METHODS:
            return method, path
    return None


def _swapped_routes(source: Source, tree: ast.Module) -> Iterator[Change]:
    """Yield the swap of each two routes that match the same request."""
    functions = [node for node in tree.body if isinstance(node, Function) and node.decorator_list]
    for position, upper in enumerate(functions):
        for lower in functions[position + 1 :]:
            first, second = _route(upper.decorator_list[0]), _route(lower.decorator_list[0])
            if first and second and first[0] == second[0] and _matches(first[1], second[1]):
                start, end = _span(source, upper)
                low, high = _span(source, lower)
                text = source.text[low:high] + source.text[end:low] + source.text[start:end]
                yield Change(start, high, text, (f"above {lower.name}", f"below {lower.name}"))


def _matches(path: str, pattern: str) -> bool:
    return re.fullmatch(re.sub(r"{\w+}", "[^/]+", pattern), path) is not None


def _span(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    return source.start(function.decorator_list[0]) - 1, source.end(function)


MUTATIONS: dict[type[ast.AST], Callable[[Source, Any], Iterator[Change]]] = {
    ast.AugAssign: _omitted,
    ast.Raise: _omitted,
    ast.Expr: _expression,
    ast.Assign: _assigned,
    ast.AnnAssign: _field,
    ast.Return: _returned,
    ast.If: _decided,
    ast.IfExp: _decided,
    ast.Try: _tried,
    ast.With: _with,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
}
