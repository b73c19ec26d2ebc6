"""Python that is broken in one small place: a comparison, a bound, an argument, a call, a type."""

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
LEFT_OUT = {"lower", "upper", "strip", "desc", "encode", "decode"}  # methods without which there is still a value


def changes(source: Source, node: ast.AST) -> Iterator[Change]:
    """Every small change to one expression."""
    way = WAYS.get(type(node))
    if way is not None and not without_effect(node):
        yield from way(source, node)


def _compared(source: Source, node: ast.Compare) -> Iterator[Change]:
    if len(node.ops) == 1:
        word, others = COMPARED[type(node.ops[0])]
        for other in others:
            yield from source.between(node.left, node.comparators[0], word, other)


def _both(source: Source, node: ast.BoolOp) -> Iterator[Change]:
    word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    yield from source.between(node.values[0], node.values[1], word, other)
    for value in node.values:
        yield source.replaced(node, f" {word} ".join(source.piece(one) for one in node.values if one is not value))


def _denied(source: Source, node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not | ast.Invert):
        yield source.replaced(node, source.piece(node.operand))


def _pair(source: Source, node: ast.BinOp) -> Iterator[Change]:
    if type(node.op) in COUNTED:
        yield from source.between(node.left, node.right, *COUNTED[type(node.op)])
    sides = [side for side in (node.left, node.right) if not (isinstance(side, ast.Constant) and side.value is None)]
    if len(sides) == 1 and isinstance(parent(node), ast.arg):
        return  # no query holds a null: what is left out has the default
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
    """A call without an argument, with a bound that includes or excludes, of another function, or of none."""
    listed = sorted([*node.args, *node.keywords], key=source.start)
    places = [source.place(item) for item in listed]
    for item, change in zip(listed, source.without(places), strict=True):
        words = isinstance(item, ast.Constant) and isinstance(item.value, str) and literals.is_free(source, item)
        if item not in node.args[:1] and not words:
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
        if not isinstance(node.func.value, ast.Name) or name in LEFT_OUT:
            yield source.replaced(node, source.piece(node.func.value))
    elif name.islower() and len(node.args) == len(listed) == 1:
        yield source.replaced(node, source.piece(node.args[0]))


WAYS: dict[type[ast.AST], Callable[[Source, Any], Iterator[Change]]] = {
    ast.Compare: _compared,
    ast.BoolOp: _both,
    ast.UnaryOp: _denied,
    ast.BinOp: _pair,
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
