"""Compare the submissions of several gradings with each other: parts of one class, each graded by its own job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.instructor.grading.evidence import read_evidence
from classroom.instructor.grading.results import ResultFolder, file_stems, read_results
from classroom.instructor.grading.similarity.own_code import MAX_WORDS
from classroom.instructor.grading.similarity.search import MAX_ALL_WORDS, Similarities, compare, starter_of
from classroom.instructor.grading.similarity.tables import read_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.instructor.grading.similarity.pair import Pair


def joined_similarities(outs: Iterable[Path], to: Path, assignment: Assignment) -> Similarities:
    """Return the groups in a whole class, from the code that was kept of each submission.

    Pairs with an older cohort or a known solution are those that the parts have found.

    Args:
        outs: the gradings of the parts.
        to: the folder in which their results and evidence are joined.
        assignment: the week.
    """
    names = [result.submission for result in read_results(to)]
    folder = ResultFolder(to, file_stems(names))
    words = min(MAX_WORDS, MAX_ALL_WORDS // max(1, len(names)))
    starter = starter_of(assignment)
    codes = [starter.own_code(name, dict(read_evidence(folder.evidence(name)).files), words=words) for name in names]
    found = compare([code for code in codes if code.lines], starter)
    last = max((pair.group for pair in found.pairs), default=0)
    return Similarities((*found.pairs, *_with_known(outs, last)), found.others)


def _with_known(outs: Iterable[Path], last: int) -> list[Pair]:
    """Return the parts' pairs that are not of two students, in groups with their own numbers."""
    pairs: list[Pair] = []
    for out in outs:
        known = [pair for pair in read_pairs(out) if pair.left.known or pair.right.known]
        pairs += [replace(pair, group=last + pair.group) for pair in known]
        last = max((pair.group for pair in pairs), default=last)
    return pairs
