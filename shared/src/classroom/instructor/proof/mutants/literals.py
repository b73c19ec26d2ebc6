"""Mutations of Python literals: numbers, strings, patterns, entries."""

from __future__ import annotations

import ast
import copy
import re
from typing import TYPE_CHECKING

from classroom.instructor.proof.mutants import sql
from classroom.instructor.proof.mutants.source import Change, Source
from classroom.instructor.proof.mutants.tree import in_annotated, parent

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTATION_ARGUMENTS = {"tags", "title", "summary", "description"}


def constant(source: Source, node: ast.Constant) -> Iterator[Change]:
    """Yield another number, the other boolean, another string."""
    if isinstance(parent(node), ast.Expr):
        return
    if isinstance(node.value, bool):
        yield source.replaced(node, str(not node.value))
    elif isinstance(node.value, int | float):
        yield from (source.replaced(node, text) for text in _near(node))
    elif isinstance(node.value, str) and sql.is_sql(node.value):
        yield from sql.changes_in_python(source, node)
    elif isinstance(node.value, str) and _keyword(node) in {"pattern", "regex"}:
        yield from _pattern(source, node)
    elif isinstance(node.value, str) and node.value and not is_free(source, node):
        last = source.end(node) - 1
        yield Change(last, last, "x")


def _near(node: ast.Constant) -> list[str]:
    """Return the number plus and minus 1; for an HTTP status code, another one of its class."""
    assert isinstance(node.value, int | float)
    above = parent(node)
    raised = isinstance(above, ast.Call) and getattr(above.func, "id", "") == "HTTPException"
    if raised or _keyword(node) == "status_code":
        within_class = node.value % 100
        return [str(node.value - within_class if within_class else node.value + 1)]
    return [str(node.value + step) for step in (1, -1)]


def _keyword(node: ast.AST) -> str | None:
    """Return the keyword argument that has this as its value, or as an item of its value."""
    above = parent(node)
    above = parent(above) if isinstance(above, ast.List) else above
    return above.arg if isinstance(above, ast.keyword) else None


def is_free(source: Source, text: ast.Constant) -> bool:
    """Return whether any other text would do: in documentation, and in an error message that no README quotes."""
    if _keyword(text) in DOCUMENTATION_ARGUMENTS:
        return True
    above = parent(text)
    if isinstance(above, ast.Dict):
        keys = [key for key, value in zip(above.keys, above.values, strict=True) if value is text]
        is_message = any(isinstance(key, ast.Constant) and key.value == "detail" for key in keys)
    else:
        is_message = isinstance(above, ast.Call) and isinstance(parent(above), ast.Raise)
    return is_message and f'"{text.value!s}"' not in source.quoted


def _pattern(source: Source, node: ast.Constant) -> Iterator[Change]:
    """Yield patterns that accept a little more or a little less."""
    text, start = source.piece(node), source.start(node)
    for found in re.finditer(r"\^|\$|\w-\w|-(?=\])", text):
        yield Change(start + found.start(), start + found.end(), "")
    for found in re.finditer(r"(?<=[{,])\d+", text):
        for step in (1, -1):
            yield Change(start + found.start(), start + found.end(), str(int(found.group()) + step))


def joined(source: Source, node: ast.JoinedStr) -> Iterator[Change]:
    """Yield the f-string without each of its parts."""
    for position in range(len(node.values)):
        less = copy.deepcopy(node)
        del less.values[position]
        yield source.replaced(node, ast.unparse(less) if less.values else "''")


def entries(source: Source, node: ast.Dict) -> Iterator[Change]:
    """Yield the dict without each of its entries."""
    spans = [
        (source.start(value) - 2 if key is None else source.start(key), source.end(value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]
    yield from source.without(spans)


def items(source: Source, node: ast.List | ast.Set | ast.Tuple) -> Iterator[Change]:
    """Yield the list without each of its items, or the type without each of its rules."""
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return
    spans = [source.span(element) for element in node.elts]
    above = parent(node)
    if in_annotated(node) and above is not None:
        if len(spans) == 2:  # noqa: PLR2004 - a type and one rule
            yield source.replaced(above, source.piece(node.elts[0]))
        else:
            yield from list(source.without(spans))[1:]
    elif len(spans) > 1 or isinstance(node, ast.List):
        yield from source.without(spans)
