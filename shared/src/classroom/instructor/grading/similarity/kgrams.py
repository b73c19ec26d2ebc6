"""K-grams that count: those that few submissions have, and long ones, however many have them."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT, LONG = 8, 20  # words per k-gram
# A short k-gram that more submissions have is an idiom and does not count: at least 3, one in 8 of them, at most 10.
MIN_HOLDERS, HOLDERS_SHARE, MAX_HOLDERS = 3, 8, 10
MIN_WORDS = 31  # two submissions must share, in one run, before the pair is reported
# Shared k-grams / max(DENOMINATOR_FLOOR, those of the smaller submission), at least. Of the course's right answers, which
# share no author, no two reach 0.25 with short k-grams, and none 0.1 with long ones.
MIN_OVERLAP, MIN_LONG_OVERLAP = 0.35, 0.25
DENOMINATOR_FLOOR = 80  # k-grams: keeps very small submissions from reaching MIN_OVERLAP by chance


def kgrams(words: Sequence[str], length: int) -> list[int]:
    """Return the hash of every k-gram of this length, in order."""
    return [hash(tuple(words[start : start + length])) for start in range(len(words) - length + 1)]


def few(submissions: int) -> int:
    """Return how many submissions may have a short k-gram that counts."""
    return max(MIN_HOLDERS, min(MAX_HOLDERS, submissions // HOLDERS_SHARE))


class Shared:
    """The k-grams of one length that count, and which submissions have them.

    The k-grams of a submission are the bits of one number, so that comparing two is one operation.

    Args:
        texts: the words of each submission.
        length: of the k-grams.
        least: the overlap from which two are similar.
        holders: how many submissions may have one that counts; None for any number.
    """

    def __init__(
        self, texts: Sequence[Sequence[str]], length: int, least: float = MIN_OVERLAP, holders: int | None = None
    ) -> None:
        self.length = length
        self.least = least
        self.needed = MIN_WORDS - length + 1
        found = [array("q", set(kgrams(words, length))) for words in texts]
        counts: Counter[int] = Counter()
        for of_one in found:
            counts.update(of_one)
        most = len(texts) if holders is None else holders
        shared = (kgram for kgram, count in counts.items() if 1 < count <= most)
        self.places = {kgram: place for place, kgram in enumerate(shared)}
        self.totals = [sum(counts[kgram] <= most for kgram in of_one) for of_one in found]
        self.bits = [self._bits(of_one) for of_one in found]

    def _bits(self, of_one: array[int]) -> int:
        data = bytearray(len(self.places) // 8 + 1)
        for kgram in of_one:
            if (place := self.places.get(kgram)) is not None:
                data[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(data, "little")

    def overlap(self, left: int, right: int) -> float:
        """Return the share of the smaller submission's k-grams that the other one has; 0 if it is too little to tell."""
        count = (self.bits[left] & self.bits[right]).bit_count()
        if count < self.needed:
            return 0.0
        overlap = count / max(DENOMINATOR_FLOOR, min(self.totals[left], self.totals[right]))
        return min(1.0, overlap) if overlap >= self.least else 0.0

    def positions(self, words: Sequence[str], others: Sequence[str]) -> set[int]:
        """Return the positions of the words that are in a k-gram which counts and the others have, too."""
        theirs = self.places.keys() & kgrams(others, self.length)
        return {
            position
            for start, kgram in enumerate(kgrams(words, self.length))
            if kgram in theirs
            for position in range(start, start + self.length)
        }
