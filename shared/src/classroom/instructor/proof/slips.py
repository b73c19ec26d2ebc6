"""Slips: natural beginner's mistakes, each with the words that its card must begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.checks.workers.pool import Pool
from classroom.core.errors import UsageError
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.instructor.proof.case_file import ensure_tasks, read_case_file
from classroom.instructor.proof.cases import SOLUTION, STARTER, Case, write_all
from classroom.instructor.proof.edit import Edit
from classroom.student.card import first_red, opening

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result

SLIP = "slip"
KNOWN = {"about", "base", "task", "shows", "edit", "move", "remove"}


@dataclass(frozen=True)
class Slip:
    """A mistake, and what its card must say.

    Attributes:
        case: the answer with the mistake.
        task: the first red task, whose details the card shows.
        shows: texts that the first two lines of those details must hold, such as `app/main.py, line 41`.
    """

    case: Case
    task: int
    shows: tuple[str, ...]

    def problem(self, result: Result) -> str | None:
        """Return why the card does not name the cause, if so."""
        found = first_red(result)
        if found is None:
            return f"{self.case.path}: no visible check fails."
        task, check = found
        lines = opening(check)
        if task.number != self.task:
            return (
                f"{self.case.path}: the card shows task {task.number} ({' / '.join(lines)}), expected task {self.task}."
            )
        said = ("\n".join(lines), " ".join(line.strip() for line in lines))  # a text may go over the end of a line
        if missing := [text for text in self.shows if not any(text in form for form in said)]:
            return f"{self.case.path}: the card does not begin with {missing[0]!r}, but with: {' / '.join(lines)}"
        return None


def read_slips(assignment: Assignment) -> list[Slip]:
    """Return the slips of a week, from `grading/slips/*.toml`.

    Raises:
        UsageError: a file cannot be read.
    """
    return [_read(path, assignment) for path in sorted((assignment.folder / "grading" / "slips").glob("*.toml"))]


def _read(path: Path, assignment: Assignment) -> Slip:
    data = read_case_file(path, KNOWN)
    task, shows, base = data.get("task"), tuple(data.get("shows", ())), data.get("base", SOLUTION)
    if not data.get("about") or task is None or not shows:
        raise UsageError(
            f"{path} needs `about`, `task` with the number of a task, and `shows` with at least one string."
        )
    ensure_tasks(path, "task", [task], assignment)
    if base not in (STARTER, SOLUTION):
        raise UsageError(f"{path}: `base` is {base!r}, expected {STARTER!r} or {SOLUTION!r}.")
    case = Case(
        SLIP,
        path.stem,
        data["about"],
        path,
        on_starter=base == STARTER,
        edits=Edit.read_all(path, data.get("edit", ())),
        move=tuple(data.get("move", {}).items()),
        remove=tuple(data.get("remove", ())),
    )
    return Slip(case, task, shows)


def unnamed(
    assignment: Assignment,
    slips: Sequence[Slip],
    jobs: int,
    seed: int,
    sandbox: str,
    on_result: Callable[[Case, Result], None],
) -> list[str]:
    """Grade each slip with the visible checks, as the student does; return the problem of each card that misses the cause."""
    found: dict[str, str | None] = {}
    by_title = {slip.case.title: slip for slip in slips}
    with (
        ScratchDir("slips") as scratch,
        Pool(assignment, jobs=jobs, sandbox=sandbox, hidden=False, room=scratch / "pool") as pool,
    ):
        folders = write_all([slip.case for slip in slips], assignment, scratch)
        grading = [
            pool.job(Submission(slip.case.title, folder), seed=seed, out=folder.with_suffix(".json"))
            for slip, folder in zip(slips, folders, strict=True)
        ]
        for job, result in pool.grade(grading):
            slip = by_title[job.name]
            found[job.name] = slip.problem(result)
            on_result(slip.case, result)
    return [problem for _, problem in sorted(found.items()) if problem]
