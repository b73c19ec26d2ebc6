"""Check that a week is consistent: task, TODO, README heading, hint and checks have the same number."""

from __future__ import annotations

import ast
import difflib
import re
from typing import TYPE_CHECKING

from classroom.core.course import assignment_folders
from classroom.core.imports import is_code, starter_files
from classroom.instructor.authoring.points import FULL_MARKS, points_line
from classroom.instructor.proof import questions
from classroom.instructor.week_rows import tasks_in_row
from classroom.student.hints import hints

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from classroom.core.assignment import Assignment

MARK = "AUTHOR:"  # in the templates of `classroom new`, where authors write their own
TODO = re.compile(r"TODO (\d+)\b")
EXTRA_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
HEADING = re.compile(r"^## ((\d+)\. .*)$", re.MULTILINE)


def problems(assignment: Assignment) -> list[str]:
    """Return everything inconsistent, each naming the file and what to do."""
    return [
        *_name(assignment),
        *_points(assignment),
        *_headings(assignment),
        *_removed(assignment),
        *_row(assignment),
        *_needs(assignment),
        *_todos(assignment),
        *_checks(assignment),
        *_unmarked_changes(assignment),
        *questions.problems(assignment),
    ]


def unwritten(assignment: Assignment) -> list[str]:
    """Return a sentence that counts the marks of `classroom new` that are still in a week; none if there are none."""
    found = [
        path
        for path in sorted(assignment.folder.rglob("*"))
        if path.suffix in (".md", ".toml")
        and not any(part[0] == "." for part in path.relative_to(assignment.folder).parts)
    ]
    marks = sum(_text(path).count(MARK) for path in found)
    texts = "template text" if marks == 1 else "template texts"
    return [f"{marks} {texts} left to replace; find them: grep -rn {MARK} {assignment.name}"] if marks else []


def _name(assignment: Assignment) -> Iterator[str]:
    """Yield why an extra cannot be found by its name, if so."""
    if not assignment.week:
        return
    name = assignment.folder.name
    if not EXTRA_NAME.fullmatch(name):
        yield f"{assignment.folder}: the name of an extra must be lowercase words, such as headers-and-cookies."
    for folder in assignment_folders(assignment.course):
        if folder.name == name and folder != assignment.folder:
            yield f"{assignment.folder} has the same name as {folder}: rename one of them."


def _points(assignment: Assignment) -> Iterator[str]:
    if assignment.max_score != FULL_MARKS:
        yield f"{assignment.folder / 'assignment.toml'}: the points of all tasks add up to {assignment.max_score}, not {FULL_MARKS}."
    readme = assignment.folder / "README.md"
    for task in assignment.tasks:
        shown = points_line(_text(readme), task)
        if shown and int(shown["points"]) != task.points:
            yield f"{readme}: the section '## {task.section}' says {shown['points']} points, but assignment.toml says {task.points}."


def _headings(assignment: Assignment) -> Iterator[str]:
    folder = assignment.folder
    readme = dict(_sections(folder / "README.md"))
    for task in assignment.tasks:
        if task.number not in readme:
            yield f"{folder / 'README.md'} has no heading '## {task.section}'."
        if task.number > 1 and not hints(folder).get(task.number):
            yield f"{folder / 'HINTS.md'} has no hint under '## {task.section}'."
        for path in (folder / "README.md", folder / "HINTS.md"):
            if dict(_sections(path)).get(task.number, task.section) != task.section:
                yield f"{path}'s heading for task {task.number} differs from the title in assignment.toml: '{task.section}'."


def _sections(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each heading of a task."""
    for found in HEADING.finditer(_text(path)):
        yield int(found[2]), found[1]


def _removed(assignment: Assignment) -> Iterator[str]:
    """Yield each section, and each file that undoes a task, of a task that does not exist."""
    numbers, folder = {task.number for task in assignment.tasks}, assignment.folder
    for path in (folder / "README.md", folder / "HINTS.md"):
        for number, section in _sections(path):
            if number not in numbers:
                yield f"{path} has the section '## {section}', but assignment.toml has no task {number}: remove it."
    for path in sorted((folder / "grading" / "undone").glob("*.toml")):
        if path.stem.isdecimal() and int(path.stem) not in numbers:
            yield f"{path} undoes task {path.stem}, which assignment.toml does not have: remove it."


def _row(assignment: Assignment) -> Iterator[str]:
    """Yield whether the week's row in the course's README names another number of tasks."""
    readme = assignment.folder.parent / "README.md"
    shown = tasks_in_row(_text(readme), assignment.folder.name)
    counted = sum(not task.bonus for task in assignment.tasks)
    if shown not in (None, counted):
        yield f"{readme}: the row for {assignment.folder.name} says {shown} tasks, but assignment.toml has {counted}."


def _needs(assignment: Assignment) -> Iterator[str]:
    """Yield each task whose README section does not begin with the tasks that it needs."""
    readme = assignment.folder / "README.md"
    for task in assignment.tasks:
        _, _, section = _text(readme).partition(f"\n## {task.section}\n")
        first = section.strip().partition("\n")[0]
        wanted = builds_on(task.needs)
        if wanted and first != wanted:
            yield f"{readme}: the section '## {task.section}' must begin with the line '{wanted}'."
        elif not wanted and first.startswith("Builds on task"):
            yield f"{readme}: the section '## {task.section}' says '{first}', but its `needs` are empty."


def builds_on(needs: Sequence[int]) -> str:
    """Return the sentence that names the tasks which a task needs; empty if it needs none."""
    *others, last = [str(number) for number in needs] or [""]
    if others:
        return f"Builds on tasks {', '.join(others)} and {last}."
    return f"Builds on task {last}." if last else ""


def _todos(assignment: Assignment) -> Iterator[str]:
    numbers = {task.number for task in assignment.tasks}
    found: set[int] = set()
    for path in starter_files(assignment):
        text = _text(path)
        found |= (here := {int(number) for number in TODO.findall(text)})
        for stray in sorted(here - numbers):
            yield f"{path} has a TODO {stray}, but there is no such task."
        if path.suffix == ".py":
            for line in _todo_docstrings(text):
                yield f"{path}:{line}: a TODO in a docstring appears in the API documentation: make it a comment."
    for number in sorted(numbers - found - {assignment.tasks[0].number}):
        yield f"{assignment.folder}: task {number} has no TODO {number} in the starter."
    for path in sorted((assignment.folder / "grading" / "solution").rglob("*")):
        if is_code(path) and TODO.search(_text(path)):
            yield f"{path} still has a TODO."


def _todo_docstrings(text: str) -> Iterator[int]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            doc = ast.get_docstring(node)
            if doc and TODO.search(doc):
                yield node.body[0].lineno


def _checks(assignment: Assignment) -> Iterator[str]:
    for folder, kind in ((assignment.visible_checks, "visible"), (assignment.hidden_checks, "hidden")):
        numbers: set[int] = set()
        for path in sorted(folder.rglob("test_*.py")):
            for function in _functions(path):
                numbers |= set(_tasks(function))
                if not ast.get_docstring(function):
                    yield f"{path}:{function.lineno}: {function.name} has no docstring: say in one sentence what the task asks for."
        for task in assignment.tasks:
            if task.number not in numbers and (kind == "visible" or task != assignment.tasks[0]):
                yield f"{folder}: task {task.number} has no {kind} check."


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(_text(path))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _tasks(function: ast.FunctionDef) -> Iterator[int]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "task":
            first = decorator.args[0] if decorator.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, int):
                yield first.value


def _unmarked_changes(assignment: Assignment) -> Iterator[str]:
    """Yield where the solution differs from the starter without a TODO."""
    solution = assignment.folder / "grading" / "solution"
    named = "\n".join(_text(path) for path in starter_files(assignment))
    for path in sorted(solution.rglob("*")):
        if not path.is_file() or not is_code(path):
            continue
        name = path.relative_to(solution)
        starter = assignment.folder / name
        if not starter.exists():
            if path.name not in named and path.parent.name not in named:
                yield f"{path} is new, and no TODO in the starter mentions it."
            continue
        for line in _unmarked(_text(starter), _text(path), name.suffix):
            yield f"{path} differs from the starter's {name}, line {line}, which has no TODO."


def _unmarked(starter: str, solution: str, suffix: str) -> Iterator[int]:
    before, after = starter.splitlines(), solution.splitlines()
    blocks = _blocks(starter, before) if suffix == ".py" else [(1, len(before))]
    marked = [first <= last and (_may_differ("\n".join(before[first - 1 : last]))) for first, last in blocks]
    for tag, start, end, low, high in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal" or not "".join(before[start:end] + after[low:high]).strip():
            continue
        near = range(start, end + 2) if tag == "insert" else range(start + 1, end + 1)
        touched = [index for index, (first, last) in enumerate(blocks) if any(first <= line <= last for line in near)]
        if touched and not any(marked[index] for index in touched):
            yield start + 1


def _may_differ(text: str) -> bool:
    """Return whether a block may differ: it has a TODO, or only imports."""
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(TODO.search(text)) or all(re.match(r"(from|import|#|\)|    \w+,$)", line) for line in lines)


def _blocks(text: str, lines: list[str]) -> list[tuple[int, int]]:
    """Return first and last line of each top-level statement, including the comments above it."""
    starts = [1]
    for node in ast.parse(text).body:
        line = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        while line > 1 and lines[line - 2].startswith("#"):
            line -= 1
        starts.append(line)
    starts = sorted(set(starts))
    return [(first, following - 1) for first, following in zip(starts, [*starts[1:], len(lines) + 1], strict=True)]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return ""
