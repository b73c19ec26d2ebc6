"""Ensure that `verify --only TEXT` selects something, so that nothing looks proven that was not graded."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.instructor.proof.cases import cases
from classroom.instructor.proof.mutants import mutants
from classroom.instructor.proof.slips import read_slips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.assignment import Assignment

MAX_SHOWN = 5  # short forms of mutants


def ensure_selected(assignments: Sequence[Assignment], only: str | None, *, of_mutants: bool) -> None:
    """Ensure that at least one answer, or mutant, has this text in its title.

    Raises:
        UsageError: there is none; the message lists what there is.
    """
    if only is None:
        return
    names = [name for assignment in assignments for name in _names(assignment, of_mutants=of_mutants)]
    if any(only in name for name in names):
        return
    kind, place = ("mutant", "short form") if of_mutants else ("answer", "title")
    if len(assignments) != 1:
        raise UsageError(
            f"No {kind} of any week or extra has {only!r} in its {place}. "
            "Name one of them to see what it has: classroom verify 1 --only TEXT"
        )
    shown = _mutants_shown(names, only) if of_mutants else _titles_shown(names)
    raise UsageError(f"No {kind} of {assignments[0].name} has {only!r} in its {place}. There are{shown}")


def _names(assignment: Assignment, *, of_mutants: bool) -> list[str]:
    if of_mutants:
        return [mutant.name for mutant in mutants(assignment)]
    return [case.title for case in [*cases(assignment), *(slip.case for slip in read_slips(assignment))]]


def _titles_shown(titles: list[str]) -> str:
    """Return all titles, with one line for each kind."""
    by_kind: dict[str, list[str]] = {}
    for title in titles:
        by_kind.setdefault(title.partition("/")[0], []).append(title)
    return ":\n" + "\n".join(f"  {', '.join(found)}" for found in by_kind.values())


def _mutants_shown(names: list[str], only: str) -> str:
    """Return how many mutants each file has, and the short forms that are most similar to the text."""
    files = Counter(name.split()[0].rstrip(":") for name in names)
    counts = ", ".join(f"{count} of {file}" for file, count in files.items())
    similar = get_close_matches(only, names, MAX_SHOWN, cutoff=0.0)
    return "\n  ".join([f" {counts or 'none'}. The most similar:", *similar])
