"""What a student wrote: the lines of a submission that neither the starter nor the course's pages have."""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from classroom.instructor.grading.similarity.kgrams import SHORT, kgrams

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_WORDS = 10_000  # compared of one submission
MAX_LINES = 4_000  # kept of one submission
MAX_LINE_LETTERS = 400  # shown of one line
WORD = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|[^\w\s]")
COMMENT = {".py": re.compile(r"(?:^|\s)#.*"), ".sql": re.compile(r"--.*")}
KNOWN = {word.lower() for word in (*keyword.kwlist, *keyword.softkwlist, *dir(builtins))}
PLACEHOLDER = "\x00"  # replaces every name that neither the language nor the starter has


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a student wrote: its file and number, and its words without comments."""

    file: str
    number: int
    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class OwnCode:
    """The lines of a submission that the starter does not have.

    Attributes:
        name: the submission's.
        known: whether it is one of an older cohort or a known solution.
    """

    name: str
    lines: tuple[Line, ...]
    known: bool = False

    @property
    def words(self) -> list[str]:
        """All its words in the order in which they are compared."""
        return [word for line in self.lines for word in line.words]


class Starter:
    """The code that students were given: its lines do not count, and its names are not their own.

    Args:
        files: the starter's, by path.
        pages: texts with code that students were shown, such as README and hints.
    """

    def __init__(self, files: Mapping[str, str], pages: Mapping[str, str] | None = None) -> None:
        self.given = files, pages
        texts = [*files.values(), *(pages or {}).values()]
        self.lines = {line.strip() for text in texts for line in text.splitlines()}
        self.kgrams = {kgram for text in texts for kgram in kgrams(WORD.findall(text.lower()), SHORT)}
        self.names = KNOWN | {word for text in files.values() for word in WORD.findall(text.lower())}

    def __reduce__(self) -> tuple[type[Starter], tuple[Mapping[str, str], Mapping[str, str] | None]]:
        """Make a copy in another process from the texts: the hashes of the same words differ there."""
        return Starter, self.given

    def own_code(self, name: str, files: Mapping[str, str], *, known: bool = False, words: int = MAX_WORDS) -> OwnCode:
        """Return what the student added to the starter.

        Functions and other top-level parts are sorted by content, so that moving them makes no difference.

        Args:
            name: the submission's.
            files: the submission's texts, by path.
            known: whether it is one of an older cohort or a known solution.
            words: how many are kept.
        """
        parts: list[list[Line]] = []
        for file, text in sorted(files.items()):
            parts += self._parts(file, text)
        parts.sort(key=lambda part: [without_names(line.words) for line in part])
        lines = _without_filler([line for part in parts for line in part], words)[:MAX_LINES]
        words_so_far = list(accumulate(len(line.words) for line in lines))
        return OwnCode(name, tuple(lines[: bisect_right(words_so_far, words)]), known)

    def own_lines(self, files: Mapping[str, str]) -> dict[str, set[int]]:
        """Return the numbers of the lines that the student added, by path."""
        found: dict[str, set[int]] = {}
        for line in self.own_code("", files).lines:
            found.setdefault(line.file, set()).add(line.number)
        return found

    def _parts(self, file: str, text: str) -> list[list[Line]]:
        """Return the own lines of each top-level part of a file: a function with its decorators, an assignment."""
        comment = COMMENT.get(file[file.rfind(".") :], COMMENT[".py"])
        parts: list[list[Line]] = [[]]
        decorated = False
        for number, line in enumerate(text.splitlines(), 1):
            begins = line[:1].strip() and line[:1] not in ")]}"
            if begins and not decorated:
                parts.append([])
            if begins:
                decorated = line.startswith("@")
            if line.strip() and line.strip() not in self.lines:
                words = tuple(map(sys.intern, WORD.findall(comment.sub("", line).lower())))
                if not self._is_given(words):
                    parts[-1].append(Line(file, number, line[:MAX_LINE_LETTERS], words))
        return [part for part in parts if part]

    def _is_given(self, words: tuple[str, ...]) -> bool:
        """Return whether a line's words are in a text of the course, if there are enough to say so."""
        return len(words) >= SHORT and self.kgrams.issuperset(kgrams(words, SHORT))

    def renamed(self, words: Iterable[str]) -> list[str]:
        """Return words with a placeholder for every name that the student chose."""
        return _renamed(words, self.names)


def without_names(words: Iterable[str]) -> list[str]:
    """Return words with a placeholder for every name but those of the language."""
    return _renamed(words, KNOWN)


def _renamed(words: Iterable[str], kept: set[str]) -> list[str]:
    return [word if word in kept or not (word[0].isalpha() or word[0] == "_") else PLACEHOLDER for word in words]


def _without_filler(lines: list[Line], most: int) -> list[Line]:
    """Return the lines to compare of a submission with too many words: from each file its share, so that none hides another.

    Of each file, every line once, and those with words of a language first.
    """
    if sum(len(line.words) for line in lines) <= most and len(lines) <= MAX_LINES:
        return lines
    files: dict[str, dict[tuple[str, ...], Line]] = {}
    for line in lines:
        if line.words:
            files.setdefault(line.file, {})[line.words] = line
    kept: set[Line] = set()
    left = most
    smallest_first = sorted(files.values(), key=lambda distinct: sum(map(_cost, distinct.values())))
    for place, distinct in enumerate(smallest_first):
        useful_first = sorted(distinct.values(), key=lambda line: KNOWN.isdisjoint(line.words))
        costs = list(accumulate(map(_cost, useful_first)))
        count = bisect_right(costs, left // (len(files) - place))
        kept.update(useful_first[:count])
        left -= costs[count - 1] if count else 0
    return [line for line in lines if line in kept]


def _cost(line: Line) -> int:
    """Return how many words a line counts for: short ones count for a few, because the number of lines is limited, too."""
    return max(len(line.words), 1 + MAX_WORDS // MAX_LINES)
