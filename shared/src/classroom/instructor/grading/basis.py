"""Everything that a result depends on besides the submission, as one digest: the kit, the week's checks, the packages, Python itself."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classroom.core.assignment import EXTRA
from classroom.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from classroom.core.assignment import Assignment

KIT = Path(__file__).resolve().parents[2]
# Of a week, what takes no part in grading: what people read, and the answers that only `verify` grades.
UNUSED = (
    "README.md",
    "HINTS.md",
    "AGENTS.md",
    "diagrams",
    EXTRA,
    *(f"grading/{name}" for name in ("right", "wrong", "slips", "solution", "undone", "design.md", "questions.toml")),
)
LEFT_BEHIND = {"__pycache__", "storage-files"}  # by runs in a week's folder, besides names that begin with a dot


def basis(assignment: Assignment) -> str:
    """A digest that changes with anything but the submission that could change a result."""
    digest = hashlib.sha256(sys.version.encode())
    for package in packages():
        digest.update(f"{package}\0".encode())
    digest.update(kit_digest())
    digest.update(_content(assignment.folder, _of_week(assignment)))
    return digest.hexdigest()


def kit_digest() -> bytes:
    """A digest that changes with any file of the kit."""
    return _content(KIT, _files(KIT))


def _content(top: Path, paths: Iterable[Path]) -> bytes:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(top).as_posix()}\0".encode("utf-8", "surrogateescape"))
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()


@functools.cache
def packages() -> list[str]:
    """The packages that this process runs with; one that is installed later is not used by it."""
    return sorted({f"{one.metadata['Name']}=={one.version}" for one in importlib.metadata.distributions()})


def _of_week(assignment: Assignment) -> Iterator[Path]:
    """A week's files without the starter's: a submission brings its own, except for those that the course gives."""
    left_out = {assignment.folder / name for name in (*assignment.student_files, *UNUSED)}
    yield from (path for path in _files(assignment.folder) if not left_out & {path, *path.parents})
    yield from sorted(assignment.folder / name for name in assignment.course_files)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in LEFT_BEHIND or path.name.startswith(".") or path.suffix == ".pyc":
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def ensure_same(assignment: Assignment, before: str, files: Iterable[Path]) -> None:
    """Ensure that neither a check nor the kit has changed during a grading.

    Args:
        assignment: the week.
        before: the basis when the grading began.
        files: the results of this grading, which are not current if it has changed, and are removed.

    Raises:
        UsageError: it has changed.
    """
    written = list(files)
    if written and basis(assignment) != before:
        for file in written:
            file.unlink(missing_ok=True)
        raise UsageError(
            f"{assignment.name} or the kit was changed while it was being graded, so not all results are from the same "
            "checks. Run the same command again."
        )
