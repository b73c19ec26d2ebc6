"""Similarities between submissions: pairs that are worth a look, ranked by code that few others have.

The method is that of MOSS: k-grams of words, without those of the starter and without those that are common in the
class, since right answers to small tasks are alike by nature. Words are compared twice: as written, and with every name
that a student chose replaced by one placeholder. Nothing is said about who copied from whom, or whether anybody did.
"""

from __future__ import annotations

import builtins
import keyword
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission, materialize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment

KGRAM = 8  # words per k-gram
MIN_SHARED = 24  # rare k-grams that two submissions must share before the pair is reported: about thirty words
MIN_OVERLAP = 0.35  # shared rare k-grams / max(DENOMINATOR_FLOOR, rare k-grams of the smaller submission)
DENOMINATOR_FLOOR = 80  # rare k-grams: keeps very small submissions from reaching MIN_OVERLAP by chance
# A k-gram that more submissions have is common and does not count: at least 3, one in 8 of the class, at most 10.
MIN_HOLDERS, HOLDERS_SHARE, MAX_HOLDERS = 3, 8, 10
LINE_MAJORITY = 0.7  # share of a line's words that must be rare, or the same, before the line is marked so
MAX_PAIRS = 40  # reported, the most similar ones
MAX_WORDS = 10_000  # compared of one submission
MAX_LETTERS = 2_000_000  # read of one submission
PIECE = 1_000  # letters; a longer line is compared as several
MAX_LINE_LETTERS = 400  # shown of one line
MAX_SEARCHED_FOR_ZEROS = 8_000  # bytes, as git does to tell text from other files
WORD = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|[^\w\s]")
COMMENT = {".py": re.compile(r"(?:^|\s)#.*"), ".sql": re.compile(r"--.*")}
KNOWN = {word.lower() for word in (*keyword.kwlist, *keyword.softkwlist, *dir(builtins))}
PLACEHOLDER = "\x00"  # replaces every name that neither the language nor the starter has
# The characters that stand for words while they are compared: the supplementary planes of Unicode.
FIRST_SYMBOL, SYMBOLS = 0x10000, 0xF0000


@dataclass(frozen=True)
class Line:
    """A line that a student wrote: its file and number, and its words without comments."""

    file: str
    number: int
    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class OwnCode:
    """The lines of a submission that the starter does not have."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Side:
    """One side of a pair.

    Attributes:
        name: the submission's.
        lines: its own lines, each as file, number, text and mark: `rare` if both sides and few others have it, `same`
            if both have it, empty if it differs.
    """

    name: str
    lines: tuple[tuple[str, int, str, str], ...]


@dataclass(frozen=True)
class Pair:
    """Two submissions that are worth a look.

    Attributes:
        rare_overlap: the share of the smaller submission's rare k-grams that the other one has, 0 to 1.
        similarity: how many of their own words are the same in the same order, 0 to 1.
    """

    rare_overlap: float
    similarity: float
    left: Side
    right: Side


def similarities(submissions: Iterable[Submission], assignment: Assignment, scratch: Path | None = None) -> list[Pair]:
    """Return the pairs of submissions that are worth a look, the most similar first.

    Args:
        submissions: of one assignment.
        assignment: whose starter does not count.
        scratch: a folder for temporary files; the system's by default.
    """
    starter = Starter(_texts(Submission("", assignment.folder), assignment, scratch))
    return pairs([starter.own_code(one.name, _texts(one, assignment, scratch)) for one in submissions], starter)


def _texts(submission: Submission, assignment: Assignment, scratch: Path | None) -> dict[str, str]:
    """Return a submission's text files by path, as they would be graded: a program may have any name."""
    found: dict[str, str] = {}
    with ScratchDir("similar", scratch) as folder:
        top = folder / "submission"
        try:
            materialize(submission, assignment, top)
        except (ClassroomError, OSError):
            return {}
        left = MAX_LETTERS
        # The smallest first: what fills up a submission is large.
        for path in sorted((path for path in top.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size):
            text = _text(path)[:left]
            left -= len(text)
            if text:
                found[path.relative_to(top).as_posix()] = text
    return found


def _text(path: Path) -> str:
    """Return the text of a file, whatever its name, with long lines cut into several; nothing if it is not text."""
    data = path.read_bytes()
    if b"\0" in data[:MAX_SEARCHED_FOR_ZEROS]:
        return ""
    lines = []
    for line in data.decode("utf-8", "replace").splitlines():
        # A program within a string has its lines in one, with escaped ends.
        lines += line.split("\\n") if len(line) > PIECE else [line]
    pieces = (line[start : start + PIECE] for line in lines for start in range(0, max(len(line), 1), PIECE))
    return "\n".join(pieces)


class Starter:
    """The code that students were given: its lines do not count, and its names are not their own."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.lines = {line.strip() for text in files.values() for line in text.splitlines()}
        self.known = KNOWN | {word for text in files.values() for word in WORD.findall(text.lower())}

    def own_code(self, name: str, files: Mapping[str, str]) -> OwnCode:
        """Return what the student added to the starter.

        Functions and other top-level parts are sorted by content, so that moving them makes no difference.
        """
        parts: list[list[Line]] = []
        for file, text in sorted(files.items()):
            comment = COMMENT.get(file[file.rfind(".") :], COMMENT[".py"])
            decorated = False
            for number, line in enumerate(text.splitlines(), 1):
                begins = line[:1].strip() and line[:1] not in ")]}"
                if not parts or (begins and not decorated):
                    parts.append([])
                if begins:
                    decorated = line.startswith("@")
                if line.strip() and line.strip() not in self.lines:
                    code = comment.sub("", line).lower()
                    parts[-1].append(Line(file, number, line[:MAX_LINE_LETTERS], tuple(WORD.findall(code))))
        parts.sort(key=lambda part: [line.words for line in part])
        lines = _without_filler([line for part in parts for line in part])
        words_so_far = list(accumulate(len(line.words) for line in lines))
        return OwnCode(name, tuple(lines[: bisect_right(words_so_far, MAX_WORDS)]))


def _without_filler(lines: list[Line]) -> list[Line]:
    """Return the lines to compare of a submission with too many words: each once, and those with words of a language first."""
    if sum(len(line.words) for line in lines) <= MAX_WORDS:
        return lines
    distinct = list({line.words: line for line in lines if line.words}.values())
    return sorted(distinct, key=lambda line: KNOWN.isdisjoint(line.words))


def pairs(submissions: Iterable[OwnCode], starter: Starter, limit: int = MAX_PAIRS) -> list[Pair]:
    """Return the pairs that are worth a look, the most similar first, and at most `limit` of them."""
    codes = [code for code in submissions if code.lines]
    rare = [RareKgrams([_kgrams(code, known) for code in codes]) for known in (None, starter.known)]
    overlaps: dict[tuple[int, int], float] = {}
    for kgrams in rare:
        for pair, overlap in kgrams.overlaps().items():
            overlaps[pair] = max(overlap, overlaps.get(pair, 0))
    ranked = sorted(overlaps.items(), key=lambda item: (-item[1], item[0]))[:limit]
    symbols: dict[str, str] = {}
    spelled = {index: _spelled(codes[index], symbols) for pair, _ in ranked for index in pair}
    return [_compared(codes, rare, spelled, pair, overlap) for pair, overlap in ranked]


def _compared(
    codes: Sequence[OwnCode],
    rare: Sequence[RareKgrams],
    spelled: Mapping[int, str],
    pair: tuple[int, int],
    overlap: float,
) -> Pair:
    """Return a pair with the lines of both sides marked."""
    from rapidfuzz.distance import Indel

    left, right = pair
    similarity = Indel.normalized_similarity(spelled[left], spelled[right])
    blocks = [block for block in Indel.opcodes(spelled[left], spelled[right]) if block.tag == "equal"]
    same_left = {position for block in blocks for position in range(block.src_start, block.src_end)}
    same_right = {position for block in blocks for position in range(block.dest_start, block.dest_end)}
    sides = []
    for one, other, same in ((left, right, same_left), (right, left, same_right)):
        shared = {position for kgrams in rare for position in kgrams.shared_positions(one, other)}
        sides.append(_side(codes[one], same, shared, {line.text.strip() for line in codes[other].lines}))
    return Pair(overlap, similarity, *sides)


def _kgrams(code: OwnCode, known: set[str] | None) -> list[int]:
    """Return the hash of every k-gram; with `known`, all other names are replaced by the placeholder."""
    words = [word for line in code.lines for word in line.words]
    if known is not None:
        words = [word if word in known or not word[0].isalpha() else PLACEHOLDER for word in words]
    return [hash(tuple(words[start : start + KGRAM])) for start in range(len(words) - KGRAM + 1)]


class RareKgrams:
    """The k-grams that few submissions have.

    Args:
        kgrams: of each submission, in order.
    """

    def __init__(self, kgrams: Sequence[list[int]]) -> None:
        self.kgrams = kgrams
        limit = max(MIN_HOLDERS, min(MAX_HOLDERS, len(kgrams) // HOLDERS_SHARE))
        holders: dict[int, list[int]] = defaultdict(list)
        for index, of_one in enumerate(kgrams):
            for kgram in set(of_one):
                holders[kgram].append(index)
        self.holders = {kgram: indexes for kgram, indexes in holders.items() if len(indexes) <= limit}

    def overlaps(self) -> dict[tuple[int, int], float]:
        """Return the overlap of each pair that shares enough, by the two indexes."""
        count: Counter[int] = Counter()
        shared: Counter[tuple[int, int]] = Counter()
        for indexes in self.holders.values():
            count.update(indexes)
            shared.update(combinations(indexes, 2))
        overlaps = {
            pair: n / max(DENOMINATOR_FLOOR, min(count[pair[0]], count[pair[1]]))
            for pair, n in shared.items()
            if n >= MIN_SHARED
        }
        return {pair: overlap for pair, overlap in overlaps.items() if overlap >= MIN_OVERLAP}

    def shared_positions(self, index: int, other: int) -> set[int]:
        """Return the positions of the words of a submission that are in a rare k-gram which another one has, too."""
        return {
            position
            for start, kgram in enumerate(self.kgrams[index])
            if other in self.holders.get(kgram, ())
            for position in range(start, start + KGRAM)
        }


def _spelled(code: OwnCode, symbols: dict[str, str]) -> str:
    """Return all words as one character each, which is what rapidfuzz compares fastest."""
    return "".join(
        symbols.setdefault(word, chr(FIRST_SYMBOL + len(symbols) % SYMBOLS))
        for line in code.lines
        for word in line.words
    )


def _side(code: OwnCode, same: set[int], rare: set[int], other_lines: set[str]) -> Side:
    """Return one side with its lines in the order of the files, each marked by the majority of its words."""
    lines, start = [], 0
    for line in code.lines:
        positions, start = range(start, start + len(line.words)), start + len(line.words)
        majority = LINE_MAJORITY * len(positions)
        mark = ""
        if line.text.strip() in other_lines or sum(position in same for position in positions) >= majority > 0:
            mark = "same"
        if sum(position in rare for position in positions) >= majority > 0:
            mark = "rare"
        lines.append((line.file, line.number, line.text, mark))
    return Side(code.name, tuple(sorted(lines)))
