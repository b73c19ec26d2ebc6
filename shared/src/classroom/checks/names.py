"""Names, addresses and other values for rows, none of which is drawn twice in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.checks.words import FAMILIES, FIELDS_OF_HELP, KINDS_OF_HELP, NOTES, PLACES, STREETS, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from classroom.checks.draw import Draw

TRIES = 1000


class Names:
    """Draws values for rows, so that a row shares a value with another one only where a check wants it.

    A mistake such as a unique name then fails the check that is about it, and no other.

    Args:
        draw: the source of the values.
        drawn: the values of this run so far, since the rows of one check are still there in the next.
    """

    def __init__(self, draw: Draw, drawn: set[str]) -> None:
        self.draw = draw
        self.drawn = drawn

    def place(self) -> str:
        """Return a name such as `Mill Road Library 315`."""
        return self.new(lambda: f"{self._of(STREETS)} {self._of(PLACES)} {self.draw.randint(100, 999)}")

    def category(self) -> str:
        """Return a category: one capitalized word."""
        return self.new(lambda: f"{self._of(WORDS)}{self._of(FIELDS_OF_HELP).lower()}{self._of(KINDS_OF_HELP)}")

    def address(self) -> str:
        """Return a house number and a street."""
        return self.new(lambda: f"{self.draw.randint(1, 9999)} {self._of(STREETS)}")

    def email(self) -> str:
        """Return an email address."""
        return self.new(lambda: f"{self._of(FIELDS_OF_HELP).lower()}{self.draw.randint(100, 9999)}@example.org")

    def family(self) -> str:
        """Return the name of a family."""
        return self.new(lambda: f"{self._of(FAMILIES)}-{self._of(FAMILIES)}")

    def notes(self) -> str:
        """Return a note such as `Comes by bus, 4 people, room 31`."""
        return self.new(lambda: f"{self._of(NOTES)}, {self.draw.randint(2, 9)} people, room {self.draw.randint(1, 99)}")

    def new(self, make: Callable[[], str]) -> str:
        """Return a value that `make` draws, with `draw` of these names, and that this run does not have yet.

        Raises:
            RuntimeError: there seems to be none left.
        """
        for _ in range(TRIES):
            value = make()
            if value not in self.drawn:
                self.drawn.add(value)
                return value
        raise RuntimeError(f"No new value in {TRIES} draws, such as {value!r}: draw it from more words.")

    def _of(self, values: tuple[str, ...]) -> str:
        return self.draw.one_of(values)
