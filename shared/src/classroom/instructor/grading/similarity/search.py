"""Search a class for similar submissions: read all, compare all, and report groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.errors import ClassroomError
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission, materialize
from classroom.core.text import is_text
from classroom.instructor.grading.similarity.group import Group, connect, groups_of
from classroom.instructor.grading.similarity.own_code import MAX_WORDS, OwnCode, Starter
from classroom.instructor.grading.similarity.pair import Comparison, Pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment

MAX_PASSAGES = 60  # pairs with the lines of both sides
MAX_PAIRS = 2_000  # in similar.csv
MAX_ALL_WORDS = 2_000_000  # kept of all submissions together: a larger class has fewer words of each
MAX_LETTERS, MAX_LINES = 2_000_000, 100_000  # read of one submission
PIECE = 1_000  # letters; a longer line is compared as several


@dataclass(frozen=True)
class Similarities:
    """What was found in a class.

    Attributes:
        pairs: those that connect the groups, by group, the most similar first; with passages up to MAX_PASSAGES.
        others: all other pairs of the groups, without passages, up to MAX_PAIRS.
    """

    pairs: tuple[Pair, ...] = ()
    others: tuple[Pair, ...] = ()

    @property
    def groups(self) -> list[Group]:
        """The groups of similar submissions, the most similar first."""
        return groups_of(self.pairs)


def similarities(
    submissions: Iterable[Submission],
    assignment: Assignment,
    scratch: Path | None = None,
    known: Iterable[Submission] = (),
    common: Iterable[Path] = (),
) -> Similarities:
    """Return the groups of submissions that are worth a look.

    Args:
        submissions: of one assignment.
        assignment: whose starter, README, hints and lesson do not count.
        scratch: a folder for temporary files; the system's by default.
        known: of older cohorts, or known solutions; two of them do not form a pair.
        common: folders whose files do not count, either.
    """
    starter = starter_of(assignment, scratch, common)
    everybody = [*((one, False) for one in submissions), *((one, True) for one in known)]
    words = min(MAX_WORDS, MAX_ALL_WORDS // max(1, len(everybody)))
    codes = (
        starter.own_code(one.name, submission_texts(one, assignment, scratch), known=is_known, words=words)
        for one, is_known in everybody
    )
    return compare([code for code in codes if code.lines], starter)


def starter_of(assignment: Assignment, scratch: Path | None = None, common: Iterable[Path] = ()) -> Starter:
    """Return the code that the students of a week were given: the starter, the week's pages, and common files."""
    shown = [*assignment.folder.glob("*.md"), *(path for folder in common for path in folder.rglob("*.*"))]
    pages = {str(path): _text(path) for path in sorted(shown) if path.is_file()}
    return Starter(submission_texts(Submission("", assignment.folder), assignment, scratch), pages)


def compare(codes: Sequence[OwnCode], starter: Starter) -> Similarities:
    """Return the groups among what students wrote."""
    comparison = Comparison(codes, starter)
    overlaps = comparison.overlaps()
    connecting, groups = connect(overlaps)
    by_group = sorted(connecting, key=lambda pair: (groups[pair], -overlaps[pair], pair))
    first_of_groups = {groups[pair]: pair for pair in reversed(connecting)}.values()
    with_passages = set([*dict.fromkeys([*first_of_groups, *connecting])][:MAX_PASSAGES])
    connects = set(connecting)
    rest = [pair for pair in groups if pair not in connects][: max(0, MAX_PAIRS - len(connecting))]

    def pair(indexes: tuple[int, int]) -> Pair:
        passages = indexes in with_passages
        return comparison.pair(*indexes, overlaps[indexes], groups[indexes], passages=passages)

    return Similarities(tuple(map(pair, by_group)), tuple(map(pair, rest)))


def submission_texts(submission: Submission, assignment: Assignment, scratch: Path | None = None) -> dict[str, str]:
    """Return a submission's text files by path, as they would be graded: a program may have any name."""
    found: dict[str, str] = {}
    with ScratchDir("similar", scratch) as folder:
        top = folder / "submission"
        try:
            materialize(submission, assignment, top)
        except (ClassroomError, OSError):
            return {}
        left, left_lines = MAX_LETTERS, MAX_LINES
        # The smallest first: what fills up a submission is large.
        for path in sorted((path for path in top.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size):
            text = "\n".join(_text(path)[:left].split("\n", left_lines)[:left_lines])
            left, left_lines = left - len(text), max(0, left_lines - text.count("\n") - 1)
            if text:
                found[path.relative_to(top).as_posix()] = text
    return found


def _text(path: Path) -> str:
    """Return the text of a file, whatever its name, with long lines cut into several; nothing if it is not text."""
    data = path.read_bytes()
    if not is_text(data):
        return ""
    lines = []
    for line in data.decode("utf-8", "replace").splitlines():
        # A program within a string has its lines in one, with escaped ends.
        lines += line.split("\\n") if len(line) > PIECE else [line]
    pieces = (line[start : start + PIECE] for line in lines for start in range(0, max(len(line), 1), PIECE))
    return "\n".join(pieces)
