"""Mutants: the solution broken in many small ways, each of which must lose points or be listed as right."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from classroom.core.imports import IMAGE_FILES
from classroom.instructor.proof.cases import solution
from classroom.instructor.proof.mutants import blocks, sql, statements
from classroom.instructor.proof.mutants.source import Change, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from classroom.core.assignment import Assignment

NOTHING = "nothing"


@dataclass(frozen=True)
class Mutant:
    """The solution with one change.

    Attributes:
        source: the file that is changed.
        change: what is changed in it.
        within: the function or class around it; empty if it does not exist.
        position: 1 for the first mutant with this difference in the file, 2 for the next.
    """

    source: Source
    change: Change
    within: str
    position: int = 1

    @property
    def location(self) -> str:
        """The file and the line."""
        return f"{self.source.name}:{self.line}"

    @cached_property
    def line(self) -> int:
        """The first line that differs."""
        start, skipped = self.change.start, self.source.text[self.change.start : self.change.end]
        return self.source.line_at(start + len(skipped) - len(skipped.lstrip()) if not self.change.text else start)

    @cached_property
    def difference(self) -> tuple[str, str]:
        """The changed lines before and after, each joined into one line."""
        if self.change.summary:
            return self.change.summary
        before, after = self.source.text.splitlines(), self.source.changed(self.change).splitlines()
        head = _common(before, after)
        tail = _common(before[head:][::-1], after[head:][::-1])
        return _joined(before[head : len(before) - tail]), _joined(after[head : len(after) - tail])

    @property
    def name(self) -> str:
        """The short form that `grading/design.md` uses."""
        before, after = self.difference
        again = f" #{self.position}" if self.position > 1 else ""
        return f"{' '.join(filter(None, (self.source.name, self.within)))}: {before} => {after}{again}"

    def materialize(self, assignment: Assignment, target: Path) -> None:
        """Write the solution with this change in it."""
        solution(assignment).materialize(assignment, target)
        (target / self.source.name).write_text(self.source.changed(self.change), encoding="utf-8")


def _common(before: list[str], after: list[str]) -> int:
    count = 0
    while count < min(len(before), len(after)) and before[count] == after[count]:
        count += 1
    return count


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split()) or NOTHING


def mutants(assignment: Assignment) -> list[Mutant]:
    """Return every mutant of a week's solution once, file by file from top to bottom."""
    top = assignment.folder / "grading" / "solution"
    quoted = (assignment.folder / "README.md").read_text(encoding="utf-8")
    found: list[Mutant] = []
    for path in sorted(top.rglob("*")):
        changes = _changes_of(path)
        if changes is None:
            continue
        source = Source(path.relative_to(top).as_posix(), path.read_text(encoding="utf-8"), quoted)
        written = _written(assignment.folder / source.name, source)
        seen = {source.text}
        for change in sorted(changes(source), key=lambda change: (change.start, change.end)):
            lines = range(source.line_at(change.start), source.line_at(change.end) + 1)
            text = source.changed(change)
            if text not in seen and written.intersection(lines) and _is_valid(source, text):
                seen.add(text)
                found.append(Mutant(source, change, _within(source, lines.start)))
    return list(_counted(found))


def _changes_of(path: Path) -> Callable[[Source], Iterable[Change]] | None:
    """Return what breaks a file of this kind; None if nothing does."""
    if path.name in IMAGE_FILES:
        return blocks.changes
    return {".py": statements.changes, ".sql": sql.changes, ".yaml": blocks.changes}.get(path.suffix)


def _written(starter: Path, source: Source) -> set[int]:
    """Return the lines that students write: those in which the solution differs from the starter."""
    before = starter.read_text(encoding="utf-8").splitlines() if starter.is_file() else []
    matcher = difflib.SequenceMatcher(None, before, source.text.splitlines(), autojunk=False)
    return {
        line + 1
        for tag, _, _, low, high in matcher.get_opcodes()
        if tag in {"replace", "insert"}
        for line in range(low, high)
    }


def _is_valid(source: Source, text: str) -> bool:
    """Return whether a changed text still parses, and means something else than before."""
    if not source.name.endswith(".py"):
        return True
    try:
        return ast.dump(ast.parse(text)) != ast.dump(ast.parse(source.text))
    except SyntaxError:
        return False


def _within(source: Source, line: int) -> str:
    """Return the name of the innermost function or class around a line."""
    if not source.name.endswith(".py"):
        return ""
    name = ""
    for node in ast.walk(ast.parse(source.text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if first <= line <= (node.end_lineno or first):
                name = node.name
    return name


def _counted(found: list[Mutant]) -> Iterator[Mutant]:
    seen: dict[str, int] = {}
    for mutant in found:
        seen[mutant.name] = position = seen.get(mutant.name, 0) + 1
        yield Mutant(mutant.source, mutant.change, mutant.within, position) if position > 1 else mutant
