"""Partial answers: the solution with some tasks undone, by restoring the starter's stubs (matched by TODO number) or by edits."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.core.imports import IMAGE_FILES, starter_files
from classroom.instructor.proof.case_file import read_case_file
from classroom.instructor.proof.edit import Edit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment

KNOWN = {"about", "keeps", "stubs", "edit"}
TODO = re.compile(r"TODO (\d+)\b")
WHOLE = {".sql", ".yaml"}  # files that are restored as a whole


@dataclass(frozen=True)
class Undone:
    """How a task is undone.

    Attributes:
        number: the task.
        path: `grading/undone/N.toml`, whether or not it exists.
        edits: changes to the solution.
        stubs: whether the starter's functions and whole files with this TODO replace the solution's.
        keeps: points that the task earns nevertheless, because earlier tasks earn them.
    """

    number: int
    path: Path
    edits: tuple[Edit, ...] = ()
    stubs: bool = True
    keeps: int = 0


def read_undone(assignment: Assignment, number: int) -> Undone:
    """Return how a task is undone, from its file in `grading/undone` if there is one.

    Raises:
        UsageError: the file cannot be read, or has an unknown entry.
    """
    path = assignment.folder / "grading" / "undone" / f"{number}.toml"
    if not path.is_file():
        return Undone(number, path)
    data = read_case_file(path, KNOWN)
    if data.get("keeps") and not data.get("about"):
        raise UsageError(f"{path} needs `about`, a sentence that says why the task keeps points.")
    return Undone(
        number,
        path,
        edits=Edit.read_all(path, data.get("edit", ())),
        stubs=bool(data.get("stubs", True)),
        keeps=int(data.get("keeps", 0)),
    )


def undo(tasks: Sequence[Undone], assignment: Assignment, target: Path) -> None:
    """Undo tasks in a copy of the solution, the last one first.

    Args:
        tasks: what to undo.
        assignment: the week whose starter has the stubs.
        target: the copy.

    Raises:
        UsageError: an edit does not match the solution, or neither an edit nor a stub undoes a task.
    """
    if not tasks:
        return
    numbers = {task.number for task in tasks}
    for task in sorted(tasks, key=lambda task: -task.number):
        for edit in task.edits:
            if not numbers & set(edit.unless):
                edit.apply(target, task.path)
    stubbed = {task.number for task in tasks if task.stubs}
    found = set(_restore_stubs(assignment, stubbed, target))
    for task in tasks:
        if task.number not in found and not task.edits:
            name = _stub(assignment, task.number)
            why = (
                f"TODO {task.number} is in `{name}`, which the solution does not have"
                if name
                else f"no stub in the starter raises TODO {task.number}"
            )
            raise UsageError(f"{task.path} is missing: {why}.")


def _stub(assignment: Assignment, number: int) -> str | None:
    """Return the name of the starter's function that raises this TODO, or None."""
    for path in starter_files(assignment):
        for name, _, node in _functions(path.read_text(encoding="utf-8")) if path.suffix == ".py" else ():
            if _raised(node) == number:
                return name
    return None


def _restore_stubs(assignment: Assignment, numbers: Collection[int], target: Path) -> Iterator[int]:
    for part in assignment.student_files:
        path = assignment.folder / part
        for starter in sorted(path.rglob("*")) if path.is_dir() else [path]:
            copy = target / starter.relative_to(assignment.folder)
            if (starter.suffix in WHOLE or starter.name in IMAGE_FILES) and copy.is_file():
                yield from _restore_file(starter, copy, numbers)
            elif starter.suffix == ".py" and copy.is_file():
                yield from _restore_functions(starter, copy, numbers)


def _restore_file(starter: Path, copy: Path, numbers: Collection[int]) -> set[int]:
    text = starter.read_text(encoding="utf-8")
    found = {int(number) for number in TODO.findall(text)} & set(numbers)
    if found:
        copy.write_text(text, encoding="utf-8")
    return found


def _restore_functions(starter: Path, copy: Path, numbers: Collection[int]) -> set[int]:
    """Replace each of the solution's functions whose stub raises one of these TODOs; return the numbers found."""
    stubs = {
        name: (number, lines)
        for name, lines, node in _functions(starter.read_text(encoding="utf-8"))
        if (number := _raised(node)) in numbers
    }
    text = copy.read_text(encoding="utf-8")
    restored = text.splitlines(keepends=True)
    source = starter.read_text(encoding="utf-8").splitlines(keepends=True)
    found = set()
    for name, lines, _ in reversed(list(_functions(text))):
        if name in stubs:
            number, stub = stubs[name]
            restored[lines] = source[stub]
            found.add(number)
    if found:
        copy.write_text("".join(restored), encoding="utf-8")
    return found


def _functions(text: str) -> Iterator[tuple[str, slice, ast.AST]]:
    """Yield each function with its qualified name and the slice of its lines, decorators included."""
    for node in ast.parse(text).body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([inner.lineno, *(decorator.lineno for decorator in inner.decorator_list)])
                owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
                yield f"{owner}{inner.name}", slice(first - 1, inner.end_lineno), inner


def _raised(function: ast.AST) -> int:
    """Return the number of the TODO that a stub raises, or 0."""
    for node in ast.walk(function):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name("NotImplementedError"), args=[ast.Constant(str(text)), *_])):
                return int(found[1]) if (found := TODO.match(text)) else 0
    return 0
