"""Prove that a list of the kit's parts holds all that they use, and nothing that they do not."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
from functools import cache
from typing import TYPE_CHECKING

from classroom.core.files import write_atomic
from classroom.core.folders import cache_folder
from classroom.instructor.handout.allow_list import ENTRIES, UNCALLED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

PACKAGE = "classroom"
REMEMBERED = "complete-kits"
MOST_REMEMBERED = 100


def first_problem(package: Path, parts: Collection[str]) -> str | None:
    """Return the first of the problems, or None.

    A kit that has none is remembered in the cache folder, because to read it all takes half a second.
    """
    memory, digest = cache_folder() / REMEMBERED, _digest(package, parts)
    known: list[str] = []
    with contextlib.suppress(OSError):
        known = memory.read_text(encoding="utf-8", errors="replace").split()
    if digest in known:
        return None
    found = next(problems(package, parts), None)
    if found is None:
        with contextlib.suppress(OSError):
            write_atomic(memory, "\n".join([*known, digest][-MOST_REMEMBERED:]))
    return found


def _digest(package: Path, parts: Collection[str]) -> str:
    """Return a digest of all that the problems depend on."""
    names = sorted(
        path.relative_to(package).as_posix() for path in package.rglob("*") if "__pycache__" not in path.parts
    )
    digest = hashlib.sha256(repr((names, sorted(parts), sorted(ENTRIES), sorted(UNCALLED))).encode())
    for part in sorted(parts):
        with contextlib.suppress(OSError):  # a missing part is one of the problems
            digest.update(hashlib.sha256((package / part).read_bytes()).digest())
    return digest.hexdigest()


def problems(package: Path, parts: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each part that is missing from the list or the kit, and for each that nothing uses.

    Args:
        package: the folder of the whole package.
        parts: the files in it that are handed out.
    """
    kit = _Kit(package)
    uses = {part: kit.used_by(part) for part in parts if (package / part).is_file()}
    for part in parts:
        if part not in uses:
            yield f"{part} is on a list in allow_list.py, but not in the kit: remove it from the list."
        for other in sorted(uses.get(part, set()) - set(parts) - UNCALLED):
            yield f"{part} uses {other}, which is not handed out: add it to the list in allow_list.py."
    for part in sorted(set(uses) - _reached(uses)):
        yield f"{part} is handed out, but nothing uses it: remove it from the list in allow_list.py."


def _reached(uses: dict[str, set[str]]) -> set[str]:
    """Every part that an entry uses, directly or not."""
    reached: set[str] = set()
    waiting = [part for part in ENTRIES if part in uses]
    while waiting:
        part = waiting.pop()
        if part not in reached:
            reached.add(part)
            waiting += uses[part] & set(uses)
    return reached


class _Kit:
    """The whole package, and which part of it uses which."""

    def __init__(self, package: Path) -> None:
        self.package = package
        self.files = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
        self.parts = {_name(file): file for file in self.files if file.endswith(".py")}

    def used_by(self, part: str) -> set[str]:
        """Return every part that this one imports, starts as a module, or opens as a file next to it."""
        path = self.package / part
        if path.suffix != ".py":  # a template or a static file
            return set()
        used = self.imported(_name(part))
        for node in _uses(path.read_bytes()):
            if isinstance(node, ast.Import):
                used.update(*(self.imported(alias.name) for alias in node.names))
            elif isinstance(node, ast.ImportFrom):
                base = _name(part) if path.name == "__init__.py" else _name(part).rpartition(".")[0]
                module = importlib.util.resolve_name("." * node.level + (node.module or ""), base)
                used |= self.imported(module)
                used |= {self.parts[name] for alias in node.names if (name := f"{module}.{alias.name}") in self.parts}
            else:
                used |= self.imported(node) if node in self.parts else set()
                used |= {f"{part.rpartition('/')[0]}/{node}".lstrip("/")} & self.files
        return used - {part}

    def imported(self, module: str) -> set[str]:
        """Return the parts that are run when a module is imported; one that does not exist is still named."""
        words = module.split(".")
        if words[0] != PACKAGE:
            return set()
        found = {self.parts.get(".".join(words[:count])) for count in range(1, len(words))}
        return {part for part in found if part} | {self.parts.get(module, f"{'/'.join(words[1:])}.py")}


def _name(part: str) -> str:
    """Return what a part is imported as."""
    words = [PACKAGE, *part.removesuffix(".py").split("/")]
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


@cache  # the editions have most of their parts in common
def _uses(source: bytes) -> list[ast.Import | ast.ImportFrom | str]:
    """Return every import and every string of a module but those that only a type checker reads."""
    found: list[ast.Import | ast.ImportFrom | str] = []
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        elif not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            waiting += ast.iter_child_nodes(node)
    return found
