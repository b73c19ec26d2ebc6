"""The code that a student has pushed, as the page shows it next to the card: text alone, within the limits of gradings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.result import Verdict
from classroom.core.submission import Submission
from classroom.core.text import sanitize
from classroom.instructor.classrooms.memo import Memo
from classroom.instructor.grading.code_view import MAX_STUDENT, places, shown_code
from classroom.instructor.grading.evidence import Evidence, evidence_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result

MOST = 64  # commits whose code is kept
_known: Memo[Evidence] = Memo(MOST)


@dataclass(frozen=True)
class Line:
    """A line of code; `checks` says which tasks have a check that names it."""

    number: int
    text: str
    tasks: tuple[int, ...]


@dataclass(frozen=True)
class CodeFile:
    """A file with the parts of it that are shown."""

    name: str
    length: int
    parts: tuple[tuple[Line, ...], ...]

    @property
    def lines(self) -> dict[int, str]:
        """Return the lines that are shown, by their number."""
        return {line.number: line.text for part in self.parts for line in part}

    @property
    def is_cut(self) -> bool:
        """Return whether lines are left out."""
        return sum(map(len, self.parts)) < self.length

    @property
    def is_named(self) -> bool:
        """Return whether a check names one of its lines."""
        return any(line.tasks for part in self.parts for line in part)


def pushed_code(
    path: Path, commit: str, assignment: Assignment, result: Result | None
) -> tuple[list[CodeFile], Sequence[str]]:
    """Return the files of a commit that are not as they were handed out, and what is left out of them.

    Args:
        path: of the bare repository.
        commit: the one to read.
        assignment: the week.
        result: of that commit, whose red checks name lines; None if it does not exist.
    """
    submission = Submission(path.stem, path, bare=True, commit=commit)
    found = _known.get((path, commit), 1, lambda: evidence_of(submission, assignment))
    files = {name: text.splitlines() for name, text in found.files}
    named = _named(result, files)
    cut = shown_code(files, named, MAX_STUDENT)
    shown = [_file(str(file["name"]), file, named) for file in cut]
    return sorted(shown, key=lambda file: not file.is_named), found.left_out


def _named(result: Result | None, files: Mapping[str, Sequence[str]]) -> dict[tuple[str, int], list[int]]:
    """Return the lines that red checks name, each with the numbers of their tasks."""
    named: dict[tuple[str, int], list[int]] = {}
    for task in result.tasks if result else ():
        for check in task.checks:
            for place in places(check, files) if check.verdict in (Verdict.FAIL, Verdict.COULD_NOT_CHECK) else ():
                if task.number not in named.setdefault(place, []):
                    named[place].append(task.number)
    return named


def _file(name: str, cut: Mapping[str, object], named: Mapping[tuple[str, int], Sequence[int]]) -> CodeFile:
    raw: list[tuple[int, list[str]]] = cut["parts"]  # type: ignore[assignment]
    parts = (
        tuple(
            Line(number, sanitize(text), tuple(named.get((name, number), ())))
            for number, text in enumerate(lines, first)
        )
        for first, lines in raw
    )
    return CodeFile(sanitize(name), int(str(cut["lines"])), tuple(parts))
