"""A TOML file that an author writes: a known answer, or the questions of a week."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from classroom.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from classroom.core.assignment import Assignment


def read_case_file(path: Path, known: Collection[str]) -> dict[str, Any]:
    """Return the entries of a file.

    Raises:
        FileNotFoundError: there is no such file.
        UsageError: the file cannot be read, or has an entry that is not known.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from None
    if unknown := sorted(set(data) - set(known)):
        raise UsageError(f"{path} has the unknown entry {unknown[0]!r} (known: {', '.join(sorted(known))}).")
    return data


def ensure_tasks(path: Path, entry: str, named: Collection[Any], assignment: Assignment) -> None:
    """Check that a file's entry names tasks of the week.

    Raises:
        UsageError: it names one that does not exist.
    """
    numbers = {task.number for task in assignment.tasks}
    for number in named:
        if number not in numbers:
            raise UsageError(f"{path}: `{entry}` names task {number}, which assignment.toml does not have.")
