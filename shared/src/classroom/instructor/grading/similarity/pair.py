"""Two submissions side by side, with the lines marked that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.instructor.grading.similarity.kgrams import LONG, MIN_LONG_OVERLAP, MIN_OVERLAP, SHORT, Shared, few
from classroom.instructor.grading.similarity.own_code import without_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from classroom.instructor.grading.similarity.own_code import OwnCode, Starter

    Spelling = Callable[[Iterable[str]], list[str]]

LINE_MAJORITY = 0.7  # share of a line's words that must be shared, or the same, before the line is marked so
# The characters that stand for words while they are compared: the supplementary planes of Unicode.
FIRST_SYMBOL, SYMBOLS = 0x10000, 0xF0000


@dataclass(frozen=True)
class Side:
    """One side of a pair.

    Attributes:
        name: the submission's.
        lines: its own lines, each as file, number, text and mark: `rare` if it counts as shared, `same` if both sides
            have it, empty if it differs. None are kept of pairs beyond a number.
        known: whether it is of an older cohort or a known solution.
    """

    name: str
    lines: tuple[tuple[str, int, str, str], ...]
    known: bool = False


@dataclass(frozen=True)
class Pair:
    """Two submissions that are worth a look.

    Attributes:
        rare_overlap: the share of the smaller submission's k-grams that count which the other one has, 0 to 1.
        similarity: how many of their own words are the same in the same order, 0 to 1.
        group: the number of the group that it belongs to.
    """

    rare_overlap: float
    similarity: float
    left: Side
    right: Side
    group: int = 1


class Comparison:
    """The submissions of a class, ready to be compared in pairs: as written, and without the names."""

    def __init__(self, codes: Sequence[OwnCode], starter: Starter) -> None:
        self.codes = codes
        self.symbols: dict[str, str] = {}
        holders = few(len(codes))
        self.shared: list[tuple[Spelling, Shared]] = [
            (spell, Shared([spell(code.words) for code in codes], length, least, most))
            for spell, length, least, most in (
                (list, SHORT, MIN_OVERLAP, holders),
                (starter.renamed, SHORT, MIN_OVERLAP, holders),
                (list, LONG, MIN_LONG_OVERLAP, None),
                (without_names, LONG, MIN_OVERLAP, None),
            )
        ]

    def overlaps(self) -> dict[tuple[int, int], float]:
        """Return the overlap of each pair that shares enough, by the two indexes; two known ones are not compared."""
        found = {}
        for left, code in enumerate(self.codes):
            for right in range(left + 1, len(self.codes)):
                if code.known and self.codes[right].known:
                    continue
                if overlap := max(shared.overlap(left, right) for _, shared in self.shared):
                    found[left, right] = overlap
        return found

    def pair(self, left: int, right: int, overlap: float, group: int, *, passages: bool) -> Pair:
        """Return a pair, with the lines of both sides marked if `passages`."""
        from rapidfuzz.distance import Indel

        spelled = self._spelled(left), self._spelled(right)
        similarity = Indel.normalized_similarity(*spelled)
        if not passages:
            bare = Side(self.codes[left].name, ()), Side(self.codes[right].name, (), self.codes[right].known)
            return Pair(overlap, similarity, *bare, group)
        blocks = [block for block in Indel.opcodes(*spelled) if block.tag == "equal"]
        same_left = {position for block in blocks for position in range(block.src_start, block.src_end)}
        same_right = {position for block in blocks for position in range(block.dest_start, block.dest_end)}
        sides = self._side(left, right, same_left), self._side(right, left, same_right)
        return Pair(overlap, similarity, *sides, group)

    def _spelled(self, index: int) -> str:
        """Return all words as one character each, which is what rapidfuzz compares fastest."""
        return "".join(
            self.symbols.setdefault(word, chr(FIRST_SYMBOL + len(self.symbols) % SYMBOLS))
            for word in self.codes[index].words
        )

    def _side(self, index: int, other: int, same: set[int]) -> Side:
        """Return one side with its lines in the order of the files, each marked by the majority of its words."""
        counted: set[int] = set()
        for spell, shared in self.shared:
            counted |= shared.positions(spell(self.codes[index].words), spell(self.codes[other].words))
        other_lines = {line.text.strip() for line in self.codes[other].lines}
        lines, start = [], 0
        for line in self.codes[index].lines:
            positions, start = range(start, start + len(line.words)), start + len(line.words)
            majority = LINE_MAJORITY * len(positions)
            mark = ""
            if line.text.strip() in other_lines or sum(position in same for position in positions) >= majority > 0:
                mark = "same"
            if sum(position in counted for position in positions) >= majority > 0:
                mark = "rare"
            lines.append((line.file, line.number, line.text, mark))
        return Side(self.codes[index].name, tuple(sorted(lines)), self.codes[index].known)
