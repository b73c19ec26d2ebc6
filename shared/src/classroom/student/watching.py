"""Check a week again at each save."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.checks.workers.pool import Pool
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.student.workspace import last_result, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result

# Of files that people write; an app may itself write others, such as .json or .txt.
EXTENSIONS = (
    *(".py", ".pyx", ".pyd", ".sql", ".toml", ".ini", ".yaml", ".yml", ".html", ".xml", ".svg", ".css"),
    *("Dockerfile", ".dockerignore", "requirements.txt"),
)
NOT_OURS = {"__pycache__", "node_modules", "venv"}  # and every folder whose name begins with a dot
LOOK_SECONDS = 0.5  # between two looks at the files, if the system reports nothing
STEP_SECONDS = 0.25  # after which a check notices that it is to stop
PATIENCE_SECONDS = 3  # after which a save ends a check; before, waiting for it is faster than another worker


def watch(
    assignment: Assignment,
    show: Callable[[Result, Result | None], None],
    *,
    begin: Callable[[], None] = lambda: None,
    reached: Callable[[int], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> None:
    """Check now and after each save, until Ctrl-C is pressed or `stop` is set, which may also end a check.

    One worker keeps the libraries loaded and the checks collected, so that a check is fast. A check that takes long, such
    as one of an app that hangs, is given up at the next save.

    Args:
        assignment: the week.
        show: called with each result and the one before.
        begin: called before each check.
        reached: called again and again with the number of the task that is being checked.
        stop: set by another thread to end it.

    Raises:
        CouldNotCheck: a service or the checks themselves failed.
    """
    stop = stop or threading.Event()
    with ScratchDir("watch") as folder, Pool(assignment, jobs=1, hidden=False, room=folder / "pool") as pool:
        for _ in _saves(assignment, stop):
            begin()
            for result in _results(assignment, pool, reached, stop):
                before = last_result(assignment)
                remember(assignment, result)
                show(result, before)


def _results(
    assignment: Assignment, pool: Pool, reached: Callable[[int], None], stop: threading.Event
) -> Iterator[Result]:
    """Check once, and yield the result, unless the check is given up."""
    began, files = time.monotonic(), _files(assignment)
    submission = Submission(assignment.name, assignment.folder)
    out, task_file = pool.room / "watched.json", pool.room / "task"
    task_file.unlink(missing_ok=True)
    seed = secrets.randbelow(100_000)
    pool.take([pool.job(submission, seed=seed, out=out, in_place=True, task_file=str(task_file))])
    while pool.busy and not stop.is_set():
        with contextlib.suppress(OSError, ValueError):  # not there yet, or being written
            reached(int(task_file.read_text(encoding="ascii")))
        for _, result in pool.step(STEP_SECONDS):
            yield result
        if time.monotonic() > began + PATIENCE_SECONDS and _files(assignment) != files:
            pool.cancel()


def _saves(assignment: Assignment, stop: threading.Event) -> Iterator[None]:
    """Yield at once, and then each time the student's files are not as they were when it last yielded.

    So a save in the middle of a check is seen after it.
    """
    before = _files(assignment)
    yield
    while not stop.is_set():
        for reported in _looks(assignment, stop):
            now = _files(assignment)
            if now == before:
                continue
            before = now
            yield
            if not reported:  # the system watches a folder that is gone, not the one that has its name now
                break


def _looks(assignment: Assignment, stop: threading.Event) -> Iterator[bool]:
    """Yield at once, when the system reports a change, and after some time without one, which yields False."""
    from watchfiles import watch as changes

    yield True
    roots = [root for part in assignment.student_files if (root := assignment.folder / part).exists()]
    if not roots:
        stop.wait(LOOK_SECONDS)
        yield False
        return
    options: dict[str, Any] = {"debounce": 60, "step": 20, "rust_timeout": round(LOOK_SECONDS * 1000)}
    options["watch_filter"] = lambda _, path: path.endswith(EXTENSIONS)
    try:
        for saved in changes(*roots, stop_event=stop, yield_on_timeout=True, **options):
            yield bool(saved)
    except OSError:  # the account watches as many files as the system allows
        stop.wait(LOOK_SECONDS)
        yield False


def _files(assignment: Assignment) -> dict[Path, tuple[int, ...]]:
    """Return each of the student's files with what a save changes; a folder that is there has its inode number."""
    found: dict[Path, tuple[int, ...]] = {}
    for part in assignment.student_files:
        root = assignment.folder / part
        with contextlib.suppress(OSError):
            found[root] = (root.stat().st_ino,)
        for path in _below(root) if root.is_dir() else [root]:
            with contextlib.suppress(OSError):  # gone since it was listed
                status = path.stat()
                found[path] = (status.st_ino, status.st_mtime_ns, status.st_size)
    return found


def _below(folder: Path) -> Iterator[Path]:
    """Yield each file below a folder whose changes count."""
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.startswith(".")]
        yield from (Path(top, name) for name in files if name.endswith(EXTENSIONS))
