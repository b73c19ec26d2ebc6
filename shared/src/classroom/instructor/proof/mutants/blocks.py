"""Mutations of a Dockerfile, .dockerignore or a file in YAML: each line is left out, with the lines that belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.instructor.proof.mutants.source import Change, Source

if TYPE_CHECKING:
    from collections.abc import Iterator


def changes(source: Source) -> Iterator[Change]:
    """Yield the removal of each line, with what is indented below it or continues it."""
    offset = 0
    for number, line in enumerate(source.lines):
        if line.strip() and not line.lstrip().startswith("#"):
            end = number + 1
            while end < len(source.lines) and _belongs(source.lines, number, end):
                end += 1
            yield Change(offset, offset + sum(map(len, source.lines[number:end])), "")
        offset += len(line)


def _belongs(lines: list[str], first: int, number: int) -> bool:
    """Return whether a line is a part of the block that another one begins."""
    if lines[number - 1].rstrip().endswith("\\"):
        return True
    return bool(lines[number].strip()) and _indent(lines[number]) > _indent(lines[first])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
