"""Random values for checks, drawn from a seed: hard-coded responses fail, and each run can be repeated."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
CONSONANTS, VOWELS = "bcdfghjklmnprstvwz", "aeiou"
SPOKEN = 10  # letters from which on a word that can be spoken has enough other ones: 6 000 000 000


class Draw(random.Random):
    """The random generator of one check, independent of the order in which checks run.

    Args:
        seed: the seed of the run.
        name: the name of the check.
    """

    def __init__(self, seed: int, name: str) -> None:
        super().__init__(f"{seed}/{name}")

    def word(self, length: int = SPOKEN) -> str:
        """Return a word of the letters a to z; a long one has syllables, so that it can be read and compared.

        In shorter words each letter is drawn from all, so that no two words of a run are the same by chance.
        """
        if length < SPOKEN:
            return "".join(self.choices(string.ascii_lowercase, k=length))
        return "".join(self.choice((CONSONANTS, VOWELS)[place % 2]) for place in range(length))

    def price(self, low: float = 0.01, high: float = 9999.99) -> float:
        """Return a price with at most two decimal places."""
        return self.randint(round(low * 100), round(high * 100)) / 100

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of these values."""
        return self.choice(values)
