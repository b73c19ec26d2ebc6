"""Groups of similar submissions: everyone who is connected by pairs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.text import display_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from classroom.instructor.grading.similarity.pair import Pair

MAX_NAMES = 20  # in a sentence about a group
Indexes = tuple[int, int]


@dataclass(frozen=True)
class Group:
    """Submissions that are similar to each other.

    Attributes:
        number: from 1, the group with the largest share first.
        names: of the students, sorted, then of the known submissions.
        known: those of the names that are of an older cohort or a known solution.
        share: the largest shared share among its pairs, 0 to 1.
        pairs: those that connect the group, the most similar first.
    """

    number: int
    names: tuple[str, ...]
    known: frozenset[str]
    share: float
    pairs: tuple[Pair, ...]

    def __str__(self) -> str:
        names = [f"{display_name(name)}{' (known)' if name in self.known else ''}" for name in self.names]
        more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        return f"{', '.join(names[:MAX_NAMES])}{more}: {100 * self.share:.0f} % shared"


def groups_of(pairs: Iterable[Pair]) -> list[Group]:
    """Return the groups to which pairs belong, by their numbers."""
    by_number: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_number[pair.group].append(pair)
    return [_group(number, by_number[number]) for number in sorted(by_number)]


def _group(number: int, pairs: list[Pair]) -> Group:
    sides = [side for pair in pairs for side in (pair.left, pair.right)]
    known = frozenset(side.name for side in sides if side.known)
    names = sorted({side.name for side in sides}, key=lambda name: (name in known, name))
    return Group(number, tuple(names), known, max(pair.rare_overlap for pair in pairs), tuple(pairs))


def connect(overlaps: Mapping[Indexes, float]) -> tuple[list[Indexes], dict[Indexes, int]]:
    """Return the pairs that connect each group, and the number of the group of every pair.

    This is Kruskal's algorithm: from the most similar pair on, a pair connects if it joins what was not joined before.
    """
    ranked = sorted(overlaps, key=lambda pair: (-overlaps[pair], pair))
    root: dict[int, int] = {}

    def find(index: int) -> int:
        while (above := root.setdefault(index, index)) != index:
            root[index] = index = root[above]
        return index

    connecting = []
    for left, right in ranked:
        if find(left) != find(right):
            root[find(right)] = find(left)
            connecting.append((left, right))
    numbers: dict[int, int] = {}
    return connecting, {pair: numbers.setdefault(find(pair[0]), len(numbers) + 1) for pair in ranked}
