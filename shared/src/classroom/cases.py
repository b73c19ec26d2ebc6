"""The answers that the course keeps to prove itself: the starter, the solution, other right answers, known wrong ones."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.errors import UsageError

if TYPE_CHECKING:
    from classroom.assignment import Assignment

STARTER, SOLUTION, RIGHT, WRONG, DEGENERATE = "starter", "solution", "right", "wrong", "degenerate"
KNOWN = {"about", "loses", "may_lose", "hidden_only", "edit", "remove"}


@dataclass(frozen=True)
class Edit:
    """A text in one of the solution's files that is replaced, and how often it must occur."""

    file: str
    find: str
    replace: str
    count: int = 1


@dataclass(frozen=True)
class Case:
    """One answer, told by its difference to the solution.

    Attributes:
        kind: starter, solution, right, wrong or degenerate.
        loses: the tasks that it must lose.
        may_lose: the tasks that may fall with them.
        hidden_only: whether it may show in hidden checks alone.
        path: the file that tells it.
    """

    kind: str
    name: str
    about: str
    path: Path
    loses: frozenset[int] = frozenset()
    may_lose: frozenset[int] = frozenset()
    hidden_only: bool = False
    edits: tuple[Edit, ...] = ()
    remove: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Kind and name, such as `wrong/route_order`."""
        return self.name if self.kind in (STARTER, SOLUTION) else f"{self.kind}/{self.name}"

    def lay_out(self, assignment: Assignment, target: Path) -> None:
        """Assemble the answer's files: the starter, the solution over it, then this case's difference.

        Raises:
            UsageError: an edit does not fit the solution's text.
        """
        target.mkdir(parents=True)
        if self.kind == DEGENERATE:
            _lay_over(self.path, target / "app" / "main.py")
            return
        for part in assignment.student_files:
            if (assignment.folder / part).exists():
                _lay_over(assignment.folder / part, target / part)
        if self.kind == STARTER:
            return
        _lay_over(assignment.folder / "grading" / "solution", target)
        if self.kind == SOLUTION:
            return
        if self.path.with_suffix("").is_dir():
            _lay_over(self.path.with_suffix(""), target)
        for name in self.remove:
            if not (target / name).exists():
                raise UsageError(f"{self.path}: `remove` names {name}, which the solution does not have.")
            _remove(target / name)
        for edit in self.edits:
            self._apply(edit, target)

    def _apply(self, edit: Edit, target: Path) -> None:
        place = target / edit.file
        if not place.is_file():
            raise UsageError(f"{self.path}: an edit names {edit.file}, which the solution does not have.")
        text = place.read_text(encoding="utf-8")
        if (found := text.count(edit.find)) != edit.count:
            first = edit.find.strip().splitlines()[0] if edit.find.strip() else edit.find
            raise UsageError(f"{self.path}: {first!r} occurs {found} times in {edit.file}, not {edit.count}.")
        place.write_text(text.replace(edit.find, edit.replace), encoding="utf-8")


def _lay_over(source: Path, target: Path) -> None:
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
    """The reference solution."""
    return Case(SOLUTION, SOLUTION, "The starter with its TODOs done.", assignment.folder / "grading" / "solution")


def cases(assignment: Assignment) -> list[Case]:
    """Every case of a week: the starter, the solution, `right/` and `wrong/` by name, then the degenerate ones.

    Raises:
        UsageError: a case's file cannot be read, or a folder has no file that tells what it is.
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
                raise UsageError(f"{path} has no {path.name}.toml beside it that says what it is about.")
    return found + [
        Case(DEGENERATE, path.stem, "Does nothing of what any task asks.", path)
        for path in sorted(Path(__file__).with_name("degenerate").glob("[!_]*.py"))
    ]


def _read(kind: str, path: Path, assignment: Assignment) -> Case:
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from None
    if unknown := sorted(set(data) - KNOWN):
        raise UsageError(f"{path} has the unknown entry {unknown[0]!r} (known: {', '.join(sorted(KNOWN))}).")
    loses, may_lose = frozenset(data.get("loses", ())), frozenset(data.get("may_lose", ()))
    numbers = {task.number for task in assignment.tasks}
    if not data.get("about") or (kind == WRONG) != bool(loses) or not (loses | may_lose) <= numbers:
        raise UsageError(
            f"{path} needs `about`, and `loses` with numbers of tasks if, and only if, it is a wrong answer."
        )
    try:
        edits = tuple(Edit(**edit) for edit in data.get("edit", ()))
    except TypeError:
        raise UsageError(f"{path}: an [[edit]] has `file`, `find`, `replace` and perhaps `count`.") from None
    return Case(
        kind,
        path.stem,
        data["about"],
        path,
        loses=loses,
        may_lose=may_lose,
        hidden_only=bool(data.get("hidden_only", False)),
        edits=edits,
        remove=tuple(data.get("remove", ())),
    )
