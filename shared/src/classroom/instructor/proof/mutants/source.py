"""The text of a file that is broken: where its pieces stand, and what a change makes of it."""

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
    """A piece of a text, from `start` up to `end`, and what stands in its place.

    Attributes:
        told: what was there and what is, in words, where the lines themselves would be too many.
    """

    start: int
    end: int
    text: str
    told: tuple[str, str] | None = None


@dataclass(frozen=True)
class Source:
    """The text of a file.

    Attributes:
        name: its path in the student's folder, with slashes.
        text: what it holds.
        quoted: what the task says: the words of an error are changed only where it quotes them.
    """

    name: str
    text: str
    quoted: str = ""

    @cached_property
    def lines(self) -> list[str]:
        """The lines, each with its end."""
        return self.text.splitlines(keepends=True)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        return starts

    def line_at(self, place: int) -> int:
        """The number of the line that holds this place."""
        return self.text.count("\n", 0, place) + 1

    def start(self, node: ast.AST) -> int:
        """Where a node begins."""
        return self._place(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        return self._place(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def place(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends."""
        return self.start(node), self.end(node)

    def _place(self, line: int, column: int) -> int:
        """A place as `ast` tells it: its columns count bytes."""
        return self._starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def piece(self, node: ast.AST) -> str:
        """A node's own text."""
        return self.text[self.start(node) : self.end(node)]

    def replaced(self, node: ast.AST, text: str) -> Change:
        """Another text in the place of a node."""
        return Change(self.start(node), self.end(node), text)

    def without(self, places: Sequence[tuple[int, int]]) -> Iterator[Change]:
        """Each of these pieces, which commas part, taken away alone."""
        for position, (start, end) in enumerate(places):
            if position:
                yield Change(places[position - 1][1], end, "")
            elif len(places) > 1:
                yield Change(start, places[1][0], "")
            else:
                yield Change(start, end + self.text[end:].startswith(","), "")

    def between(self, left: ast.AST, right: ast.AST, pattern: str, text: str) -> Iterator[Change]:
        """Another word in the place of the one between two nodes."""
        start = self.end(left)
        if found := re.search(pattern, self.text[start : self.start(right)]):
            yield Change(start + found.start(), start + found.end(), text)

    def changed(self, change: Change) -> str:
        """The whole text after a change."""
        return self.text[: change.start] + change.text + self.text[change.end :]
