"""The one environment of the course: what a submission may import, and a warning before anything else costs points."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.assignment import Assignment

CODE = {".py", ".sql", ".toml", ".ini", ".yml", ".mako", ".md"}
PACKAGES = {
    *("fastapi", "starlette", "uvicorn", "pydantic", "pydantic_core", "pydantic_settings", "email_validator"),
    *("multipart", "python_multipart", "httpx", "requests", "sqlalchemy", "alembic", "psycopg2", "psycopg", "asyncpg"),
    *("jwt", "redis", "anyio", "typing_extensions", "annotated_types"),
}


def starter_files(assignment: Assignment) -> Iterator[Path]:
    """Every text file of the starter that is the student's."""
    for part in assignment.student_files:
        for path in sorted((assignment.folder / part).rglob("*")):
            if path.is_file() and path.suffix in CODE and "__pycache__" not in path.parts:
                yield path


def outside(assignment: Assignment) -> Iterator[str]:
    """A sentence for each import that official grading could not follow, with its file and line."""
    own = {path.stem for path in assignment.folder.iterdir()}
    for path in starter_files(assignment):
        if path.suffix != ".py":
            continue
        for line, package in _imports(path):
            if package not in PACKAGES and package not in sys.stdlib_module_names and package not in own:
                place = path.relative_to(assignment.folder).as_posix()
                yield f"{place}, line {line} imports {package}, which official grading does not have."


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.lineno, node.module.partition(".")[0]
