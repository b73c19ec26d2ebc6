"""Known answers of a week: the starter, the solution, other right answers, wrong, partly done and degenerate ones."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.errors import UsageError
from classroom.instructor.proof.case_file import ensure_tasks, read_case_file
from classroom.instructor.proof.edit import Edit
from classroom.instructor.proof.undone import Undone, read_undone, undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.assignment import Assignment

STARTER, SOLUTION, RIGHT, WRONG, DEGENERATE = "starter", "solution", "right", "wrong", "degenerate"
PREFIX, WITHOUT = "prefix", "without"
KNOWN = {"about", "loses", "may_lose", "hidden_only", "edit", "remove"}


@dataclass(frozen=True)
class Case:
    """One answer, described by its difference from the solution.

    Attributes:
        kind: starter, solution, right, wrong, prefix, without, degenerate or slip.
        path: the file that describes it.
        loses: the tasks that it must lose.
        may_lose: the tasks that it may lose with them.
        hidden_only: whether only hidden checks may catch it.
        on_starter: whether it is described by its difference from the starter.
        edits: changes to the files.
        move: old and new paths of files that are in another place.
        remove: files that it does not have.
        undone: tasks of the solution that are undone in it.
    """

    kind: str
    name: str
    about: str
    path: Path
    loses: frozenset[int] = frozenset()
    may_lose: frozenset[int] = frozenset()
    hidden_only: bool = False
    on_starter: bool = False
    edits: tuple[Edit, ...] = ()
    move: tuple[tuple[str, str], ...] = ()
    remove: tuple[str, ...] = ()
    undone: tuple[Undone, ...] = ()

    @property
    def title(self) -> str:
        """The kind and the name, such as `wrong/route_order`."""
        return self.name if self.kind in (STARTER, SOLUTION) else f"{self.kind}/{self.name}"

    def materialize(self, assignment: Assignment, target: Path) -> None:
        """Write the answer's files: the starter, the solution over it, then the case's changes.

        Raises:
            UsageError: an edit or a name does not match the solution.
        """
        target.mkdir(parents=True)
        if self.kind == DEGENERATE:
            for module in assignment.modules:
                _copy_over(self.path, target / f"{module.replace('.', '/')}.py")
            return
        for part in assignment.student_files:
            if (assignment.folder / part).exists():
                _copy_over(assignment.folder / part, target / part)
        if self.kind != STARTER and not self.on_starter:
            _copy_over(assignment.folder / "grading" / "solution", target)
        if self.kind not in (STARTER, SOLUTION):
            self._change(assignment, target)

    def _change(self, assignment: Assignment, target: Path) -> None:
        if self.path.suffix == ".toml" and self.path.with_suffix("").is_dir():
            _copy_over(self.path.with_suffix(""), target)
        for name in self.remove:
            _remove(self._existing(target, "remove", name))
        undo(self.undone, assignment, target)
        for edit in self.edits:
            edit.apply(target, self.path)
        for old, new in self.move:
            (target / new).parent.mkdir(parents=True, exist_ok=True)
            self._existing(target, "move", old).rename(target / new)

    def _existing(self, target: Path, entry: str, name: str) -> Path:
        """Return a file's path.

        Raises:
            UsageError: it does not exist.
        """
        if not (target / name).exists():
            raise UsageError(f"{self.path}: `{entry}` names {name}, which the solution does not have.")
        return target / name


def write_all(found: Sequence[Case], assignment: Assignment, scratch: Path) -> list[Path]:
    """Write the files of each case into its own folder, and return the folders.

    Raises:
        UsageError: some cases do not match the solution; the message has a line for each of them.
    """
    folders, problems = [scratch / f"{number}" for number in range(len(found))], []
    for case, folder in zip(found, folders, strict=True):
        try:
            case.materialize(assignment, folder)
        except UsageError as error:
            problems.append(str(error))
    if problems:
        raise UsageError("\n".join(dict.fromkeys(problems)))
    return folders


def _copy_over(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(
            source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".classroom")
        )
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def solution(assignment: Assignment) -> Case:
    """Return the reference solution."""
    return Case(SOLUTION, SOLUTION, "The starter with its TODOs done.", assignment.folder / "grading" / "solution")


def cases(assignment: Assignment) -> list[Case]:
    """Return every case of a week: starter, solution, `right/` and `wrong/`, the partly done ones, the degenerate ones.

    Raises:
        UsageError: a case's file cannot be read, or a folder has no file that describes it.
    """
    folder = assignment.folder / "grading"
    found = [
        Case(STARTER, STARTER, "The folder as students get it.", assignment.folder),
        solution(assignment),
    ]
    for kind in (RIGHT, WRONG):
        for path in sorted((folder / kind).glob("*")):
            if path.suffix == ".toml":
                found.append(_read(kind, path, assignment))
            elif not path.with_suffix(".toml").is_file() and path.name != "__pycache__":
                raise UsageError(f"{path} has no {path.name}.toml next to it that describes it.")
    found += partly_done(assignment)
    return found + [
        Case(DEGENERATE, path.stem, "Solves no task.", path)
        for path in sorted(Path(__file__).with_name("degenerate").glob("[!_]*.py"))
    ]


def partly_done(assignment: Assignment) -> list[Case]:
    """Return the answers of students who stopped after task K, and of students who left out task N.

    Raises:
        UsageError: a file of `grading/undone` cannot be read.
    """
    every = [read_undone(assignment, task.number) for task in assignment.tasks[1:]]
    counted = [task.number for task in assignment.tasks if not task.bonus]
    folder = assignment.folder / "grading" / "undone"
    found = []
    for number in counted:
        later = tuple(task for task in every if task.number > number)
        if later:
            found.append(Case(PREFIX, str(number), f"Tasks 1 to {number} are done.", folder, undone=later))
    for task in every:
        if task.number in counted:
            about = f"Every task but {task.number} is done."
            found.append(Case(WITHOUT, str(task.number), about, task.path, undone=(task,)))
    return found


def _read(kind: str, path: Path, assignment: Assignment) -> Case:
    data = read_case_file(path, KNOWN)
    loses, may_lose = frozenset(data.get("loses", ())), frozenset(data.get("may_lose", ()))
    if not data.get("about") or (kind == WRONG) != bool(loses):
        raise UsageError(f"{path} needs `about`, and `loses` with task numbers if, and only if, it is a wrong answer.")
    for entry, named in (("loses", loses), ("may_lose", may_lose)):
        ensure_tasks(path, entry, named, assignment)
    return Case(
        kind,
        path.stem,
        data["about"],
        path,
        loses=loses,
        may_lose=may_lose,
        hidden_only=bool(data.get("hidden_only", False)),
        edits=Edit.read_all(path, data.get("edit", ())),
        remove=tuple(data.get("remove", ())),
    )
