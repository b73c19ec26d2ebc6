"""The constructs of Python that a rule can name: a kind, and for most a name after a colon.

`call:session.commit` finds `db.session.commit()` and `session.commit()`; without a name any of the kind is found.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

Hit = tuple[ast.expr | ast.stmt, str]


def _dotted(node: ast.AST) -> str:
    """Return a name with dots; of anything else only the last attributes."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


def _calls(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Call):
        yield node, _dotted(node.func)


def _raises(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        yield node, _dotted(raised) if raised else ""


def _excepts(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Try | ast.TryStar):
        for handler in node.handlers:
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            for kind in kinds:
                yield (kind or handler.body[0]), _dotted(kind) if kind else ""


def _decorators(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        for decorator in node.decorator_list:
            yield decorator, _dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)


def _withs(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            called = item.context_expr
            yield called, _dotted(called.func if isinstance(called, ast.Call) else called)


def _keywords(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            yield keyword.value, keyword.arg or ""


def _classes(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.ClassDef):
        for name in [_dotted(base) for base in node.bases] or [""]:
            yield node, name


def _parameters(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, FUNCTIONS):
        for parameter in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            yield node, parameter.arg


def _types(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        for part in ast.walk(node.annotation):
            if isinstance(part, ast.Name | ast.Attribute):
                yield part, _dotted(part)


def _tests(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Compare):
        for operator in node.ops:
            yield node, type(operator).__name__


def _of(*kinds: type[ast.AST]) -> Callable[[ast.AST], Iterator[Hit]]:
    def hits(node: ast.AST) -> Iterator[Hit]:
        if isinstance(node, kinds) and isinstance(node, ast.expr | ast.stmt):
            yield node, getattr(node, "name", "") or type(node).__name__

    return hits


KINDS: dict[str, Callable[[ast.AST], Iterator[Hit]]] = {
    "call": _calls,
    "raise": _raises,
    "except": _excepts,
    "decorator": _decorators,
    "with": _withs,
    "keyword": _keywords,  # of a call
    "class": _classes,  # by its base class
    "parameter": _parameters,
    "type": _types,  # in an annotation of a parameter or a variable
    "compare": _tests,  # by the operator: In, NotIn, Is, Eq, Lt
    "function": _of(*FUNCTIONS),
    "async": _of(ast.AsyncFunctionDef),
    "comprehension": _of(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    "lambda": _of(ast.Lambda),
    "loop": _of(ast.For, ast.While),
    "if": _of(ast.If),
    "return": _of(ast.Return),
    "yield": _of(ast.Yield),
    "fstring": _of(ast.JoinedStr),
    "global": _of(ast.Global),
    "delete": _of(ast.Delete),
}
