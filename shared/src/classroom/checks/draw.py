"""Random values for checks: drawn from a seed, so that no answer can be typed in beforehand and each run can be had again."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Draw(random.Random):
    """A generator of one check's own: the order in which checks run does not matter.

    Args:
        seed: of the run.
        name: of the check.
    """

    def __init__(self, seed: int, name: str) -> None:
        super().__init__(f"{seed}/{name}")

    def word(self, length: int = 8) -> str:
        """A word of a-z."""
        return "".join(self.choices(string.ascii_lowercase, k=length))

    def price(self, low: float = 0.01, high: float = 9999.99) -> float:
        """A price with at most two decimals."""
        return self.randint(round(low * 100), round(high * 100)) / 100

    def one_of(self, values: Sequence[T]) -> T:
        """One of these values."""
        return self.choice(values)
