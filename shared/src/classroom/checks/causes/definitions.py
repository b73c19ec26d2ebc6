"""What the files of an app define, read from their syntax: nothing is run."""

from __future__ import annotations

import ast
import functools
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from classroom.checks.causes.app_files import read_app_files

if TYPE_CHECKING:
    from pathlib import Path

MOST_CHARACTERS = 60_000  # of all files: the syntax of more takes too long to read, and no week needs as much
PLAIN = (ast.Constant, ast.List, ast.ListComp, ast.Set, ast.Tuple)
FUNCTION, ENDPOINT, CLASS, VARIABLE = "function", "endpoint", "class", "variable"


@dataclass
class Definitions:
    """What an app defines.

    Attributes:
        by_file: the kind of each name that a file defines at its top level.
        bound: every name that a file gives to something, at any depth.
        imports: the last words of the modules that a file imports from.
        dicts: names of variables that are dicts everywhere, and hold objects.
    """

    by_file: dict[str, dict[str, str]] = field(default_factory=dict)
    bound: dict[str, set[str]] = field(default_factory=dict)
    imports: dict[str, set[str]] = field(default_factory=dict)
    dicts: set[str] = field(default_factory=set)

    def files(self, name: str) -> dict[str, str]:
        """Return the kind of a name in each file that defines it."""
        return {file: names[name] for file, names in self.by_file.items() if name in names}


def definitions(folder: Path) -> Definitions | None:
    """Return what an app defines; None if not all of it can be read, because advice could then be wrong."""
    found = read_app_files(folder)
    if not found.complete or sum(map(len, found.texts.values())) > MOST_CHARACTERS:
        return None
    return _read(tuple(found.texts.items()))


@functools.lru_cache(maxsize=4)
def _read(texts: tuple[tuple[str, str], ...]) -> Definitions | None:
    found, values, others = Definitions(), list[tuple[str, ast.expr]](), Counter[str]()
    filled = set[str]()
    for file, text in texts:
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        found.by_file[file] = {name: kind for statement in tree.body for name, kind in _defined_by(statement)}
        nodes = [*ast.walk(tree)]
        bound = [name for node in nodes for name in _bound_by(node)]
        found.bound[file] = set(bound)
        others.update(bound)
        for node in nodes:
            if isinstance(node, ast.ImportFrom):
                names = [alias.name for alias in node.names]
                found.imports.setdefault(file, set()).update([(node.module or "").rpartition(".")[2], *names])
            elif isinstance(node, ast.Import):
                names = [alias.name.rpartition(".")[2] for alias in node.names]
                found.imports.setdefault(file, set()).update(names)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                filled |= _filled_by(node)
                values += [(name, node.value) for name in _targets(node) if node.value is not None]
    others.subtract(name for name, _ in values)
    maybe = {name for name, _ in values if others[name] <= 0}
    found.dicts = maybe - {name for name, value in values if not _holds_objects(value, is_filled=name in filled)}
    return found


def _defined_by(statement: ast.stmt) -> list[tuple[str, str]]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        is_endpoint = any(isinstance(getattr(each, "func", None), ast.Attribute) for each in statement.decorator_list)
        return [(statement.name, ENDPOINT if is_endpoint else FUNCTION)]
    if isinstance(statement, ast.ClassDef):
        return [(statement.name, CLASS)]
    return [(name, VARIABLE) for name in _targets(statement)]


def _bound_by(node: ast.AST) -> list[str]:
    """Return the name that a node of the syntax gives to something, if it does."""
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    return [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []


def _targets(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return (
        [statement.target.id] if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) else []
    )


def _filled_by(statement: ast.Assign | ast.AnnAssign) -> set[str]:
    """Return the names of what gets an item that is a dict, or is made by a call."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = {each.value.id for each in targets if isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name)}
    return names if isinstance(statement.value, ast.Dict | ast.Call) else set()


def _holds_objects(value: ast.expr, *, is_filled: bool) -> bool:
    """Return whether this is a dict whose values are not plain ones, such as numbers."""
    if isinstance(value, ast.Dict) and value.values:
        return not any(isinstance(each, PLAIN) for each in value.values)
    is_call = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict"
    return isinstance(value, ast.DictComp) or ((is_call or isinstance(value, ast.Dict)) and is_filled)
