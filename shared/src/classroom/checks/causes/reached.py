"""The functions of an app that a request reaches, as syntax: nothing is run."""

from __future__ import annotations

import ast
import functools
import warnings
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from classroom.checks.causes.routes import Route, Routes

MOST_CHARACTERS = 60_000  # of all files, whose syntax is read for each failed check
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
PARTS = ("body", "orelse", "finalbody")


class Reached(NamedTuple):
    """A function of the app, and the file that defines it."""

    file: str
    node: ast.FunctionDef | ast.AsyncFunctionDef


def reached(routes: Routes, handler: Route | None) -> list[Reached]:
    """Return a request's handler, then the functions of the app that it calls by name; none if it is not certain."""
    if handler is None or len([one for one in routes.found if str(one) == str(handler)]) > 1:
        return []
    functions = functions_of_app(routes.texts)
    own = [one for one in functions if (one.file, one.node.lineno) == (handler.file, handler.body[0][0])]
    called = {name for one in own for name in _called(one.node)}
    helpers = [one for one in functions if one.node.name in called and one not in own]
    names = [one.node.name for one in helpers]
    return [*own, *(one for one in helpers if names.count(one.node.name) == 1)]


def nodes_reached(routes: Routes, handler: Route | None) -> Iterator[tuple[Reached, ast.AST]]:
    """Yield the syntax of each function that a request reaches, node by node."""
    for function in reached(routes, handler):
        for node in ast.walk(function.node):
            yield function, node


def is_column(node: ast.expr) -> bool:
    """Return whether this is an attribute of a class, as a table's columns are."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id[0].isupper()


def functions_of_app(texts: Mapping[str, str]) -> list[Reached]:
    """Return the functions at the top level of an app's files; none if the files are too long to read."""
    if sum(map(len, texts.values())) > MOST_CHARACTERS:
        return []
    return [Reached(file, node) for file, text in texts.items() for node in _functions(text)]


@functools.lru_cache(maxsize=64)
def _functions(text: str) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    """Return the functions at the top level of a file; none if it cannot be read."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(node for node in tree.body if isinstance(node, FUNCTION))


def _called(function: ast.AST) -> set[str]:
    """Return the names of the functions that a function calls."""
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {each.id for each in calls if isinstance(each, ast.Name)}


class Block(NamedTuple):
    """Statements that belong together, and what they belong to: its `body`, its `orelse` or another part of it."""

    owner: ast.AST
    part: str
    statements: list[ast.stmt]


def blocks(node: ast.AST) -> Iterator[Block]:
    """Yield each block of statements within a function; not those of functions in it."""
    for part in PARTS:
        if statements := getattr(node, part, None):
            yield Block(node, part, statements)
            for statement in statements:
                if not isinstance(statement, (*FUNCTION, ast.ClassDef)):
                    yield from blocks(statement)
    for handler in getattr(node, "handlers", []):
        yield from blocks(handler)
    for case in getattr(node, "cases", []):
        yield from blocks(case)
