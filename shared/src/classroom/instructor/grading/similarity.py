"""Similarities between submissions: pairs that are worth a look, told by what few others have written.

The starter's own lines do not count, nor does what many have in common: the tasks are small, and right answers to them
are alike by nature. What counts are runs of words that two submissions share with hardly anybody else, as they stand and
with every name of one's own made the same. Nothing is said about who took what from whom, or whether.
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
from classroom.core.submission import Submission, materialize
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment

KGRAM = 8  # words in a row
MIN_SHARED = 24  # runs that two must share, some thirty words
MIN_OVERLAP = 0.35  # of the smaller one's rare runs, which count as so many at least:
DENOMINATOR_FLOOR = 80
LINE_MAJORITY = 0.7  # of a line's words
MAX_HOLDERS_SMALL, MAX_HOLDERS_LARGE = (
    3,
    10,
)  # what more than so many have, in a small class and in a large one, is common
PAIRS = 40
WORDS, LINES = 10_000, 4_000  # of a submission that are looked at
READ, LETTERS = {".py", ".sql"}, 150_000  # of a submission's files, by their kind and in all
WORD = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|[^\w\s]")
COMMENT = {".py": re.compile(r"(?:^|\s)#.*"), ".sql": re.compile(r"--.*")}
KNOWN = {word.lower() for word in (*keyword.kwlist, *keyword.softkwlist, *dir(builtins))}
NAME = "\x00"  # stands for every name that is neither the language's nor the starter's


@dataclass(frozen=True)
class Line:
    """A line that somebody wrote: where it stands, and its words without comments."""

    file: str
    number: int
    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Own:
    """What of a submission is its own: the lines that the starter does not have."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Side:
    """One side of a pair: its own lines, each with its file, its number, its text and what is said of it.

    That is `rare` where both sides and few others have it, `same` where both have it, and nothing where it differs.
    """

    name: str
    lines: tuple[tuple[str, int, str, str], ...]


@dataclass(frozen=True)
class Pair:
    """Two submissions that are worth a look.

    Attributes:
        rare: the share of the smaller one's rare runs of words that the other has, 0 to 1.
        alike: how far all their own words are the same in the same order, 0 to 1.
    """

    rare: float
    alike: float
    left: Side
    right: Side


def similarities(submissions: Iterable[Submission], assignment: Assignment, room: Path | None = None) -> list[Pair]:
    """The pairs among an assignment's submissions that are worth a look, the most alike first; `room` is a folder for a while."""
    starter = Starter(_texts(Submission("", assignment.folder), assignment, room))
    return pairs([starter.own(one.name, _texts(one, assignment, room)) for one in submissions], starter)


def _texts(submission: Submission, assignment: Assignment, room: Path | None) -> dict[str, str]:
    """A submission's programs, as they would be graded."""
    found: dict[str, str] = {}
    with ScratchDir("similar", room) as place:
        top = place / "submission"
        try:
            materialize(submission, assignment, top)
        except (ClassroomError, OSError):
            return {}
        for path in sorted(top.rglob("*")):
            left = LETTERS - sum(map(len, found.values()))
            if path.suffix in READ and path.is_file() and left > 0:
                with path.open(encoding="utf-8", errors="replace") as file:
                    found[path.relative_to(top).as_posix()] = file.read(left)
    return found


class Starter:
    """What a submission was before its writer began: its lines do not count, its names are nobody's own."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.lines = {line.strip() for text in files.values() for line in text.splitlines()}
        self.known = KNOWN | {word for text in files.values() for word in WORD.findall(text.lower())}

    def own(self, name: str, files: Mapping[str, str]) -> Own:
        """What is a submission's own.

        Its parts stand in an order of their own, so that another order of functions, or of files, makes no difference.
        """
        parts: list[list[Line]] = []
        for file, text in sorted(files.items()):
            remark = COMMENT.get(file[file.rfind(".") :])
            decorated = False
            for number, line in enumerate(text.splitlines()[:LINES], 1):
                begins = line[:1].strip() and line[:1] not in ")]}"
                if not parts or (begins and not decorated):
                    parts.append([])
                if begins:
                    decorated = line.startswith("@")
                if line.strip() and line.strip() not in self.lines:
                    words = WORD.findall((remark.sub("", line) if remark else line).lower()[:1000])
                    parts[-1].append(Line(file, number, line[:400], tuple(words)))
        parts.sort(key=lambda part: [line.words for line in part])
        lines = [line for part in parts for line in part]
        so_far = list(accumulate(len(line.words) for line in lines))
        return Own(name, tuple(lines[: bisect_right(so_far, WORDS)]))


def pairs(submissions: Iterable[Own], starter: Starter, most: int = PAIRS) -> list[Pair]:
    """The pairs that are worth a look, the most alike first."""
    from rapidfuzz.distance import Indel

    some = [one for one in submissions if one.lines]
    rare = [Rare([_runs(one, known) for one in some]) for known in (None, starter.known)]
    found: dict[tuple[int, int], float] = {}
    for shares in (one.shares() for one in rare):
        for pair, share in shares.items():
            found[pair] = max(share, found.get(pair, 0))
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]
    symbols: dict[str, str] = {}
    spelled = {index: _spelled(some[index], symbols) for pair, _ in ranked for index in pair}
    told = []
    for (left, right), share in ranked:
        alike = Indel.normalized_similarity(spelled[left], spelled[right])
        blocks = [block for block in Indel.opcodes(spelled[left], spelled[right]) if block.tag == "equal"]
        same = {place for block in blocks for place in range(block.src_start, block.src_end)}
        theirs = {line.text.strip() for line in some[right].lines}
        first = _side(some[left], same, {place for one in rare for place in one.places(left, right)}, theirs)
        same = {place for block in blocks for place in range(block.dest_start, block.dest_end)}
        theirs = {line.text.strip() for line in some[left].lines}
        second = _side(some[right], same, {place for one in rare for place in one.places(right, left)}, theirs)
        told.append(Pair(share, alike, first, second))
    return told


def _runs(one: Own, known: set[str] | None) -> list[int]:
    """Every run of words, as a number; with `known`, all other names are the same name."""
    words = [word for line in one.lines for word in line.words]
    if known is not None:
        words = [word if word in known or not word[0].isalpha() else NAME for word in words]
    return [hash(tuple(words[at : at + KGRAM])) for at in range(len(words) - KGRAM + 1)]


class Rare:
    """The runs of words that few submissions have.

    Args:
        runs: of each submission, as they come in it.
    """

    def __init__(self, runs: Sequence[list[int]]) -> None:
        self.runs = runs
        limit = max(MAX_HOLDERS_SMALL, min(MAX_HOLDERS_LARGE, len(runs) // 8))
        holders: dict[int, list[int]] = defaultdict(list)
        for index, some in enumerate(runs):
            for run in set(some):
                holders[run].append(index)
        self.holders = {run: some for run, some in holders.items() if len(some) <= limit}

    def shares(self) -> dict[tuple[int, int], float]:
        """For each two that share enough of these runs: the share of the smaller one's."""
        count: Counter[int] = Counter()
        shared: Counter[tuple[int, int]] = Counter()
        for some in self.holders.values():
            count.update(some)
            shared.update(combinations(some, 2))
        shares = {
            pair: n / max(DENOMINATOR_FLOOR, min(count[pair[0]], count[pair[1]]))
            for pair, n in shared.items()
            if n >= MIN_SHARED
        }
        return {pair: share for pair, share in shares.items() if share >= MIN_OVERLAP}

    def places(self, one: int, other: int) -> set[int]:
        """The words of one that stand in a rare run which the other has, too."""
        return {
            place
            for at, run in enumerate(self.runs[one])
            if other in self.holders.get(run, ())
            for place in range(at, at + KGRAM)
        }


def _spelled(one: Own, symbols: dict[str, str]) -> str:
    """All words as one character each, as the library compares them fastest."""
    return "".join(
        symbols.setdefault(word, chr(0x10000 + len(symbols) % 0xF0000)) for line in one.lines for word in line.words
    )


def _side(one: Own, same: set[int], rare: set[int], other: set[str]) -> Side:
    """One side, in the order in which it was written; a line is what most of its words are."""
    told, at = [], 0
    for line in one.lines:
        places, at = range(at, at + len(line.words)), at + len(line.words)
        most = LINE_MAJORITY * len(places)
        kind = "same" if line.text.strip() in other or sum(place in same for place in places) >= most > 0 else ""
        kind = "rare" if sum(place in rare for place in places) >= most > 0 else kind
        told.append((line.file, line.number, line.text, kind))
    return Side(one.name, tuple(sorted(told)))
