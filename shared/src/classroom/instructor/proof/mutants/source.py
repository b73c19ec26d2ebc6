"""The text of a file to be mutated: the offsets of its nodes, and the text after a change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Change:
    """A replacement of the text from offset `start` up to `end`.

    Attributes:
        summary: what was there and what is now, if the changed lines would be too many to show.
    """

    start: int
    end: int
    text: str
    summary: tuple[str, str] | None = None


@dataclass(frozen=True)
class Source:
    """The text of a file.

    Attributes:
        name: its path in the student's folder, with slashes.
        text: its contents.
        quoted: the README: an error message is mutated only if the README quotes it.
    """

    name: str
    text: str
    quoted: str = ""

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their line endings."""
        return self.text.splitlines(keepends=True)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        return starts

    def line_at(self, offset: int) -> int:
        """Return the number of the line at an offset."""
        return self.text.count("\n", 0, offset) + 1

    def start(self, node: ast.AST) -> int:
        """Return the offset at which a node begins."""
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Return the offset at which a node ends."""
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return the offsets at which a node begins and ends."""
        return self.start(node), self.end(node)

    def _offset(self, line: int, column: int) -> int:
        """Return the offset of a position as `ast` gives it, with columns in bytes."""
        return self._starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def piece(self, node: ast.AST) -> str:
        """Return the text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def replaced(self, node: ast.AST, text: str) -> Change:
        """Return the change of a node into another text."""
        return Change(self.start(node), self.end(node), text)

    def without(self, spans: Sequence[tuple[int, int]]) -> Iterator[Change]:
        """Yield the removal of each of these comma-separated items."""
        for position, (start, end) in enumerate(spans):
            if position:
                yield Change(spans[position - 1][1], end, "")
            elif len(spans) > 1:
                yield Change(start, spans[1][0], "")
            else:
                yield Change(start, end + self.text[end:].startswith(","), "")

    def between(self, left: ast.AST, right: ast.AST, pattern: str, text: str) -> Iterator[Change]:
        """Yield the change of an operator between two nodes, if the pattern finds it."""
        start = self.end(left)
        if found := re.search(pattern, self.text[start : self.start(right)]):
            yield Change(start + found.start(), start + found.end(), text)

    def changed(self, change: Change) -> str:
        """Return the whole text after a change."""
        return self.text[: change.start] + change.text + self.text[change.end :]
