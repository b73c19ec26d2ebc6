"""`classroom new task`: one more task in a week, in each file that names tasks, with a small example."""

from __future__ import annotations

import ast
import keyword
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classroom.core.assignment import FILE, Assignment
from classroom.core.errors import UsageError
from classroom.instructor.authoring.course import README, Course
from classroom.instructor.authoring.new_week import checked_title
from classroom.instructor.authoring.points import points_line, shared_out
from classroom.instructor.authoring.staging import alone, write_together
from classroom.instructor.authoring.taken_names import taken_names
from classroom.instructor.authoring.template import rendered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

APP = "app/main.py"
SOLUTION = f"grading/solution/{APP}"
DESIGN = "grading/design.md"
MAX_NAME = 40  # letters in the names of the task's function and files


@dataclass(frozen=True)
class NewTask:
    """A task that was made.

    Attributes:
        number: of the task.
        files: the files that were written, by their path from the week's folder.
        points: points before and after, of each task that gave some to the new one.
        total: the points of all tasks.
        unnamed: the tasks with new points that README.md does not name in a line of its own.
    """

    number: int
    files: tuple[str, ...]
    points: dict[int, tuple[int, int]]
    total: int
    unnamed: tuple[int, ...] = ()


def make_task(assignment: Assignment, title: str, points: int) -> NewTask:
    """Add a task to a week, after its last one.

    Raises:
        UsageError: the title is not suitable, the other tasks have too few points to give, or a file of the week
            cannot take a task.
    """
    course = Course.around(assignment.folder)
    with alone(course.top):
        before = Assignment.load(assignment.folder)
        number, changed = before.tasks[-1].number + 1, shared_out(before.tasks, points)
        files = _files(before, _values(before, number, _free_title(before, title), points), changed)
        _ensure_read(files[FILE], number, points, changed)
        place = before.folder.relative_to(course.top)
        written = {(place / name).as_posix(): text for name, text in files.items()}
        counted = sum(not task.bonus for task in before.tasks)
        if readme := course.readme_with_tasks(before.folder.name, counted, counted + 1):
            written[README] = readme
        write_together(course.top, written)
    after = Assignment.load(assignment.folder)
    pairs = {task: (before.task(task).points, left) for task, left in changed.items()}
    unnamed = tuple(task for task in changed if not points_line(files["README.md"], before.task(task)))
    names = (*files, *[f"../{README}"] * (README in written))
    return NewTask(number, names, pairs, after.max_score, unnamed)


def _values(assignment: Assignment, number: int, title: str, points: int) -> dict[str, Any]:
    """Return what the templates name."""
    function = _function_name(title, number, assignment.folder)
    return {
        "number": number,
        "title": title,
        "points": points,
        "function": function,
        "path": function.replace("_", "-"),
        "file": f"task{number}_{function.removeprefix(f'task_{number}_')}",
    }


def _free_title(assignment: Assignment, title: str) -> str:
    """Return a title that no task of the week has.

    Raises:
        UsageError: it is not suitable, or a task has it.
    """
    title = checked_title(title)
    for task in assignment.tasks:
        if task.title.casefold() == title.casefold():
            raise UsageError(f"Task {task.number} of {assignment.name} already has this title: choose another one.")
    return title


def _files(assignment: Assignment, values: Mapping[str, Any], points: Mapping[int, int]) -> dict[str, str]:
    """Return each file that the task adds or changes, by its path in the week."""
    folder, parts, name = assignment.folder, rendered("task", **values), values["file"]
    added = {
        f"tests/test_{name}.py": parts["visible.py"],
        f"grading/hidden/test_{name}_more.py": parts["hidden.py"],
        f"grading/wrong/{name}_as_text.toml": parts["wrong.toml"],
    }
    for path in map(folder.joinpath, added):
        if path.exists():
            raise UsageError(f"{path} already exists: choose another title.")
    return {
        FILE: _with_points(_text(folder / FILE), points).rstrip("\n") + "\n" + parts["assignment.toml"],
        "README.md": _with_section(assignment, parts["readme.md"], points),
        "HINTS.md": _text(folder / "HINTS.md").rstrip("\n") + "\n" + parts["hints.md"],
        APP: _with_function(folder / APP, parts["stub.py"]),
        SOLUTION: _with_function(folder / SOLUTION, parts["solution.py"]),
        **_with_design_row(folder / DESIGN, parts["design.md"]),
        **added,
    }


def _function_name(title: str, number: int, folder: Path) -> str:
    """Return a name for the task's function that is free in the starter's main.py and in the solution's."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = "_".join(re.findall(r"[a-z0-9]+", plain))[:MAX_NAME].strip("_")
    taken = taken_names([_parsed(folder / APP), _parsed(folder / SOLUTION)])
    if not name or name[0].isdigit() or keyword.iskeyword(name) or name in taken:
        name = f"task_{number}_{name}".strip("_")
    return name


def _with_function(path: Path, code: str) -> str:
    """Return a module with a function added at its end.

    Raises:
        UsageError: the module has no `app` to add an endpoint to.
    """
    if not any(isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "app" for node in _parsed(path).body):
        raise UsageError(f"{path} has no line that begins with `app = FastAPI(`: add the task's endpoint by hand.")
    return _text(path).rstrip("\n") + "\n" + code


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(_text(path))
    except SyntaxError as error:
        raise UsageError(f"{path}, line {error.lineno}: {error.msg}. Fix it first.") from None


def _with_section(assignment: Assignment, section: str, points: Mapping[int, int]) -> str:
    """Return the week's README with the new task's section after the last one, and the new points of the others.

    Raises:
        UsageError: it has no heading of the last task.
    """
    path = assignment.folder / "README.md"
    text = _text(path)
    for task in assignment.tasks:
        if task.number in points and (shown := points_line(text, task)):
            text = f"{text[: shown.start('points')]}{points[task.number]}{text[shown.end('points') :]}"
    _, heading, rest = text.partition(f"\n## {assignment.tasks[-1].section}\n")
    if not heading:
        raise UsageError(
            f"{path} has no heading '## {assignment.tasks[-1].section}', and a new task belongs after that section."
        )
    place = rest.find("\n## ") + 1
    rest = rest[:place] + section + rest[place:] if place else rest.rstrip("\n") + "\n\n" + section.rstrip("\n") + "\n"
    return text[: -len(text.partition(heading)[2])] + rest


def _with_design_row(path: Path, row: str) -> dict[str, str]:
    """Return the design with a row in its table of points, the last one in it; nothing if it has no such table."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    table = re.search(r"^## Points within a task\n+(?:\|.*\n)+", text, re.MULTILINE)
    return {DESIGN: text[: table.end()] + row + text[table.end() :]} if table else {}


def _with_points(text: str, points: Mapping[int, int]) -> str:
    """Return the text of assignment.toml with new points for some tasks."""
    for number, value in points.items():
        table = rf"(\[\[tasks\]\]\n(?:(?!\[).*\n)*?number *= *{number}\b(?:(?!\[).*\n)*?points *= *)\d+"
        text = re.sub(table, rf"\g<1>{value}", text, count=1)
    return text


def _ensure_read(text: str, number: int, points: int, changed: Mapping[int, int]) -> None:
    """Check that the changed assignment.toml says what it should.

    Raises:
        UsageError: it does not, since it is written in another form than the weeks of the course.
    """
    wanted = {**changed, number: points}
    found = {task.get("number"): task.get("points") for task in tomllib.loads(text).get("tasks", [])}
    if any(found.get(task) != value for task, value in wanted.items()):
        raise UsageError(
            f"{FILE} is not written as in the other weeks, where each task is a [[tasks]] table with its number before its"
            " points: add the task by hand."
        )


def _text(path: Path) -> str:
    """Return the text of a file of the week.

    Raises:
        UsageError: it is missing.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{path} is missing: a new task is added to it.") from None
