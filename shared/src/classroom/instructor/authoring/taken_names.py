"""Names that the endpoint of a new task cannot have: the app uses them, or Python does, or they begin another path."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def taken_names(modules: list[ast.Module]) -> set[str]:
    """Return what a function of these modules must not be called, so that it hides nothing and its path is free."""
    return {*dir(builtins), *(name for module in modules for node in ast.walk(module) for name in _names(node))}


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node binds, and the first word of a path such as `/notes/{note_id}`."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0]
        case ast.Constant(value=str(text)) if text.startswith("/"):
            yield text.split("/")[1].replace("-", "_")
