"""The context of a node of Python: its parents, and whether it has an effect there."""

from __future__ import annotations

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef
METHODS = {"get", "post", "put", "patch", "delete"}


def note_parents(tree: ast.Module) -> None:
    """Set the parent of every node, for `parent` and `scope`."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]


def parent(node: ast.AST) -> ast.AST | None:
    """Return the parent of a node."""
    return getattr(node, "parent", None)


def scope(node: ast.AST) -> ast.AST:
    """Return the function or the module around a node."""
    above = parent(node)
    while above is not None and not isinstance(above, Function | ast.Module):
        above = parent(above)
    return above or node


def is_route(node: ast.AST | None) -> bool:
    """Return whether a node is a route handler, whose docstring is shown and whose types are rules."""
    decorators = node.decorator_list if isinstance(node, Function) else []
    functions = [decorator.func for decorator in decorators if isinstance(decorator, ast.Call)]
    return any(isinstance(function, ast.Attribute) and function.attr in METHODS for function in functions)


def without_effect(node: ast.AST) -> bool:
    """Return whether a node is a type that nothing reads, the cause of a `raise`, or a part of an f-string.

    An f-string is mutated as a whole.
    """
    below, above = node, parent(node)
    while above is not None:
        if isinstance(above, ast.JoinedStr | ast.FormattedValue):
            return True
        if (isinstance(above, ast.Raise) and above.cause is below) or (
            isinstance(above, Function) and above.returns is below
        ):
            return True
        if isinstance(above, ast.arg) and not is_route(scope(above)):
            return True
        if isinstance(above, ast.AnnAssign) and above.annotation is below:
            return not isinstance(parent(above), ast.ClassDef)
        below, above = above, parent(above)
    return False


def in_annotated(node: ast.AST) -> bool:
    """Return whether a node is a part of `Annotated[...]`, a type with rules."""
    above = parent(node)
    if isinstance(above, ast.Tuple):
        above = parent(above)
    return isinstance(above, ast.Subscript) and isinstance(above.value, ast.Name) and above.value.id == "Annotated"


def is_type(node: ast.AST) -> bool:
    """Return whether a name is used as a type."""
    below, above = node, parent(node)
    while above is not None and not isinstance(above, ast.stmt | ast.Call):
        if isinstance(above, ast.arg) or in_annotated(below):
            return True
        below, above = above, parent(above)
    return isinstance(above, ast.AnnAssign) and above.annotation is below
