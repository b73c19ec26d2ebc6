"""What the files of an app define at their top level, read from their syntax: nothing is run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import read_app_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DICTS = (ast.Dict, ast.DictComp)


def defining_files(name: str, folder: Path) -> dict[str, ast.stmt]:
    """Return the statement that defines a name, by the file of the app that holds it."""
    return {
        file: statement for file, tree in _trees(folder) for statement in tree.body if name in _defined_by(statement)
    }


def is_dict(name: str, folder: Path) -> bool:
    """Return whether the app sets a variable of this name to a dict, and never to anything else."""
    values = [
        node.value
        for _, tree in _trees(folder)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and name in _targets(node)
    ]
    return bool(values) and all(
        isinstance(value, DICTS)
        or (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict")
        for value in values
    )


def _trees(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Yield each file of the app whose syntax is right."""
    for file, text in read_app_files(folder).texts.items():
        try:
            yield file, ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue


def _defined_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    return _targets(statement) if isinstance(statement, ast.Assign | ast.AnnAssign) else set()


def _targets(statement: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}
