"""Mutations of Python expressions: comparisons, bounds, arguments, calls, types."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from classroom.instructor.proof.mutants import literals
from classroom.instructor.proof.mutants.source import Change, Source
from classroom.instructor.proof.mutants.tree import is_type, parent, without_effect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMPARED: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Is: (r"is", ("is not",)),
    ast.IsNot: (r"is\s+not", ("is",)),
    ast.In: (r"in", ("not in",)),
    ast.NotIn: (r"not\s+in", ("in",)),
}
COUNTED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "+"),
    ast.Div: ("/", "*"),
}
PAIRS = (("min", "max"), ("any", "all"), ("lower", "upper"), ("desc", "asc"))
ONE_WAY = (("commit", "flush"), ("outerjoin", "join"), ("joinedload", "lazyload"), ("icontains", "contains"))
OTHER_NAMES = dict(PAIRS) | {right: left for left, right in PAIRS} | dict(ONE_WAY)
OTHER_BOUNDS = {"ge": "gt", "gt": "ge", "le": "lt", "lt": "le"}
OTHER_TYPES = {"int": "str", "float": "int", "date": "str", "EmailStr": "str", "bool": "str", "datetime": "str"}
OMITTED = {
    "lower",
    "upper",
    "strip",
    "desc",
    "encode",
    "decode",
}  # methods whose receiver is already a value of the same kind


def changes(source: Source, node: ast.AST) -> Iterator[Change]:
    """Yield every mutation of one expression."""
    mutate = MUTATIONS.get(type(node))
    if mutate is not None and not without_effect(node):
        yield from mutate(source, node)


def _compared(source: Source, node: ast.Compare) -> Iterator[Change]:
    if len(node.ops) == 1:
        operator, others = COMPARED[type(node.ops[0])]
        for other in others:
            yield from source.between(node.left, node.comparators[0], operator, other)


def _boolean(source: Source, node: ast.BoolOp) -> Iterator[Change]:
    operator, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    yield from source.between(node.values[0], node.values[1], operator, other)
    for value in node.values:
        kept = (source.piece(operand) for operand in node.values if operand is not value)
        yield source.replaced(node, f" {operator} ".join(kept))


def _negated(source: Source, node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not | ast.Invert):
        yield source.replaced(node, source.piece(node.operand))


def _arithmetic(source: Source, node: ast.BinOp) -> Iterator[Change]:
    if type(node.op) in COUNTED:
        yield from source.between(node.left, node.right, *COUNTED[type(node.op)])
    sides = [side for side in (node.left, node.right) if not (isinstance(side, ast.Constant) and side.value is None)]
    if len(sides) == 1 and isinstance(parent(node), ast.arg):
        return  # `int | None` of a query parameter: a query cannot hold null
    if not isinstance(node.op, ast.Mult | ast.Div):
        yield from (source.replaced(node, source.piece(side)) for side in sides)


def _filtered(source: Source, node: ast.ListComp | ast.GeneratorExp) -> Iterator[Change]:
    for part in node.generators:
        for before, condition in zip([part.iter, *part.ifs], part.ifs, strict=False):
            yield Change(source.end(before), source.end(condition), "")


def _sliced(source: Source, node: ast.Slice) -> Iterator[Change]:
    yield from (source.replaced(bound, "") for bound in (node.lower, node.upper) if bound is not None)


def _typed(source: Source, node: ast.Name) -> Iterator[Change]:
    if node.id in OTHER_TYPES and is_type(node):
        yield source.replaced(node, OTHER_TYPES[node.id])


def _call(source: Source, node: ast.Call) -> Iterator[Change]:
    """Yield the call without an argument, with another kind of bound, of another function, or its receiver only."""
    listed = sorted([*node.args, *node.keywords], key=source.start)
    spans = [source.span(item) for item in listed]
    for item, change in zip(listed, source.without(spans), strict=True):
        free_text = isinstance(item, ast.Constant) and isinstance(item.value, str) and literals.is_free(source, item)
        if item not in node.args[:1] and not free_text:
            yield change
    for keyword in node.keywords:
        if keyword.arg in OTHER_BOUNDS:
            start = source.start(keyword)
            yield Change(start, start + len(keyword.arg), OTHER_BOUNDS[keyword.arg])
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in OTHER_NAMES:
        yield Change(source.end(node.func) - len(name), source.end(node.func), OTHER_NAMES[name])
    if isinstance(parent(node), ast.Expr):
        return
    if isinstance(node.func, ast.Attribute):
        if not isinstance(node.func.value, ast.Name) or name in OMITTED:
            yield source.replaced(node, source.piece(node.func.value))
    elif name.islower() and len(node.args) == len(listed) == 1:
        yield source.replaced(node, source.piece(node.args[0]))


MUTATIONS: dict[type[ast.AST], Callable[[Source, Any], Iterator[Change]]] = {
    ast.Compare: _compared,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _negated,
    ast.BinOp: _arithmetic,
    ast.Constant: literals.constant,
    ast.JoinedStr: literals.joined,
    ast.Call: _call,
    ast.ListComp: _filtered,
    ast.GeneratorExp: _filtered,
    ast.Dict: literals.entries,
    ast.List: literals.items,
    ast.Set: literals.items,
    ast.Tuple: literals.items,
    ast.Slice: _sliced,
    ast.Name: _typed,
}
