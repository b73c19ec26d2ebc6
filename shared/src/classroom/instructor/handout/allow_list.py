"""Which parts of the kit are handed out: an allow-list, proved to hold all that it uses and nothing that it does not."""

from __future__ import annotations

import ast
import importlib.util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

PACKAGE = "classroom"
BESIDE = ("README.md", "backend.py", "pyproject.toml")  # in the kit's folder, next to `src`
STUDENTS = (
    "__init__.py",
    "__main__.py",
    "actions.py",
    "app.py",
    "assignment.py",
    "balancer.py",
    "branches.py",
    "cli.py",
    "client.py",
    "commands/__init__.py",
    "commands/work.py",
    "connection.py",
    "environment.py",
    "errors.py",
    "feedback.py",
    "grade.py",
    "hints.py",
    "history.py",
    "laptop.py",
    "launcher.py",
    "local_system.py",
    "nursery.py",
    "output.py",
    "pool.py",
    "ports.py",
    "program.py",
    "reloaded.py",
    "result.py",
    "scorecard.py",
    "services/__init__.py",
    "services/admin.py",
    "services/cache.py",
    "services/connect.py",
    "services/container.py",
    "services/counting.py",
    "services/database.py",
    "services/embedded.py",
    "services/folders.py",
    "services/given.py",
    "services/guard.py",
    "services/keeper.py",
    "services/locks.py",
    "services/memory.py",
    "services/names.py",
    "services/oversight.py",
    "services/postgres.py",
    "services/programs.py",
    "services/psql.py",
    "services/roles.py",
    "services/script.py",
    "services/server.py",
    "services/settings.py",
    "services/shared.py",
    "services/storage.py",
    "services/supply.py",
    "services/triggers.py",
    "services/wire.py",
    "single.py",
    "slips.py",
    "submission.py",
    "suite/__init__.py",
    "suite/alike.py",
    "suite/draw.py",
    "suite/expect.py",
    "suite/fixtures.py",
    "suite/plugin.py",
    "suite/run.py",
    "suite/running.py",
    "suite/session.py",
    "suite/system.py",
    "suite/verdict.py",
    "suite/worker.py",
    "temporary.py",
    "text.py",
    "tied.py",
    "unpack.py",
)
SANDBOX = (
    "sandbox/__init__.py",
    "sandbox/bubblewrap.py",
    "sandbox/ends.py",
    "sandbox/launcher.py",
    "sandbox/relay.py",
    "sandbox/room.py",
    "sandbox/sessions.py",
    "sandbox/walled.py",
    "sandbox/walls.py",
    "sandbox/watch.py",
)
# A job of Classroom 50 grades a student's program, so the sandbox is handed out with it.
CLASSROOM50 = tuple(sorted((*STUDENTS, "classroom50.py", *SANDBOX)))

# Where a command, pytest or a job starts: every other part has to be used by one of these, directly or not.
ENTRIES = ("__main__.py", "classroom50.py", "commands/work.py", "suite/plugin.py")
# Imported inside functions, and only where a sandbox is asked for, which no command of a student's does.
UNCALLED = frozenset(SANDBOX)


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
            yield f"{part} is on a list in kit.py, but not in the kit: remove it from the list."
        for other in sorted(uses.get(part, set()) - set(parts) - UNCALLED):
            yield f"{part} uses {other}, which is not handed out: add it to the list in kit.py."
    for part in sorted(set(uses) - _reached(uses)):
        yield f"{part} is handed out, but nothing uses it: remove it from the list in kit.py."


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
        used = self.imported(_name(part))
        for node in _run(ast.parse(path.read_bytes())) if path.suffix == ".py" else ():
            if isinstance(node, ast.Import):
                used.update(*(self.imported(alias.name) for alias in node.names))
            elif isinstance(node, ast.ImportFrom):
                base = _name(part) if path.name == "__init__.py" else _name(part).rpartition(".")[0]
                module = importlib.util.resolve_name("." * node.level + (node.module or ""), base)
                used |= self.imported(module)
                used |= {self.parts[name] for alias in node.names if (name := f"{module}.{alias.name}") in self.parts}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                used |= self.imported(node.value) if node.value in self.parts else set()
                used |= {f"{part.rpartition('/')[0]}/{node.value}".lstrip("/")} & self.files
        return used - {part}

    def imported(self, module: str) -> set[str]:
        """Return the parts that are run when a module is imported; one that does not exist is named all the same."""
        words = module.split(".")
        if words[0] != PACKAGE:
            return set()
        found = {self.parts.get(".".join(words[:count])) for count in range(1, len(words))}
        return {part for part in found if part} | {self.parts.get(module, f"{'/'.join(words[1:])}.py")}


def _name(part: str) -> str:
    """Return what a part is imported as."""
    words = [PACKAGE, *part.removesuffix(".py").split("/")]
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node but those that only a type checker reads."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            waiting += ast.iter_child_nodes(node)
