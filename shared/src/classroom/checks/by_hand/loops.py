"""Show steps that a check repeats, such as creating twelve items, as one loop for a shell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.checks.by_hand.choice import ID_SENT, READS
from classroom.checks.by_hand.variables import gives

if TYPE_CHECKING:
    from classroom.apps.exchange import Exchange

MAX_STEPS = 3  # that are repeated, such as create, upload and complete
LEAST = 3  # repetitions that are worth a loop
END = "done"
# A list that is ordered or filtered depends on each item's own values, which a loop does not repeat.
PAGES = re.compile(r"[^?]*[a-z](?:\?(?:(?:limit|offset|skip|page|size|per_page|cursor|after)=[^&]*&?)*)?")
VALUES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|\?.*")  # in a path
NUMBERED = re.compile(rb'(?<=[a-z][ -])\d{2,}(?=")')  # a text that ends with a number of its own


@dataclass(frozen=True)
class Loop:
    """Steps that are repeated, and what is shown around them.

    Attributes:
        count: how often the steps are repeated.
        steps: the last repetition.
        shown: the requests to show: those before, the steps once, and those after.
        numbers: the numbers at the ends of texts that differ from one repetition to the next.
    """

    count: int
    steps: list[Exchange]
    shown: list[Exchange]
    numbers: list[bytes]

    @property
    def first(self) -> Exchange:
        """The first step."""
        return self.steps[0]

    @property
    def last(self) -> Exchange:
        """The last step."""
        return self.steps[-1]

    @property
    def begin(self) -> str:
        """The line that the loop begins with."""
        return f"for n in $(seq {self.count}); do"

    def numbered(self, request: Exchange, lines: list[str]) -> list[str]:
        """Return the lines of a request; in a step of the loop, such a number is the loop's own."""
        if not any(request is step for step in self.steps):
            return lines
        for number in self.numbers:
            # The text is in single quotes, which end before the variable and begin again after it.
            lines = [re.sub(rf'(?<=[a-z][ -]){number.decode()}(?=")', "'$n'", line) for line in lines]
        return lines


def find_loop(requests: list[Exchange], most: int) -> Loop | None:
    """Return the steps that are repeated before the last request, if a list is asked for and the rest is short.

    Args:
        requests: the check's.
        most: how many of them are shown.
    """
    *before, last = requests
    if last.method not in READS or not PAGES.fullmatch(last.path):
        return None
    for size in range(1, MAX_STEPS + 1):
        for begin in range(min(most, len(before))):
            if found := _repeated(before, last, begin, size, most):
                return found
    return None


def _repeated(before: list[Exchange], last: Exchange, begin: int, size: int, most: int) -> Loop | None:
    """Return the loop whose steps begin with this request, if that many alike follow and nothing later is about them."""
    blocks = [before[at : at + size] for at in range(begin, len(before) - size + 1, size)]
    count = next((index for index, block in enumerate(blocks) if not _alike(blocks[0], block)), len(blocks))
    if count < LEAST:
        return None
    head, tail = before[:begin], [*before[begin + count * size :], last]
    steps = blocks[count - 1]
    shown = [*head, *steps, *tail]
    repeated = [request for block in blocks[:count] for request in block]
    if len(shown) > most or any(gives(request, tail) or _has_own_id(request) for request in repeated):
        return None
    numbers = [number for number in _numbers(steps) if number not in _numbers(blocks[0])]
    return Loop(count, steps, shown, numbers)


def _numbers(block: list[Exchange]) -> list[bytes]:
    return [number for request in block for number in NUMBERED.findall(request.content or b"")]


def _alike(block: list[Exchange], other: list[Exchange]) -> bool:
    return [_shape(request) for request in block] == [_shape(request) for request in other]


def _shape(request: Exchange) -> object:
    """Return what a request has in common with its repetitions."""
    status = request.answer.status if request.answer else None
    fields = (request.method, VALUES.sub("", request.path), request.port, request.start, request.signed, status)
    return (*fields, request.headers, request.variables)


def _has_own_id(request: Exchange) -> bool:
    """Return whether the client chose the id, which it cannot send twice."""
    return ID_SENT.search((request.content or b"").decode("utf-8", "replace")) is not None
