"""Check a week again at each save."""

from __future__ import annotations

import contextlib
import secrets
import threading
from typing import TYPE_CHECKING, Any

from classroom.checks.workers.pool import Pool
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.student.workspace import last_result, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from classroom.core.assignment import Assignment
    from classroom.core.result import Result

EXTENSIONS = (".sql", ".toml", ".ini")  # besides those of Python
LOOK_SECONDS = 0.5  # between two looks at whether the folders are still the same
STEP_SECONDS = 0.25  # after which a check notices that it is to stop


def watch(
    assignment: Assignment,
    show: Callable[[Result, Result | None], None],
    *,
    begin: Callable[[], None] = lambda: None,
    stop: threading.Event | None = None,
) -> None:
    """Check now and after each save, until Ctrl-C is pressed or `stop` is set, which may also end a check.

    One worker keeps the libraries loaded and the checks collected, so that a check is fast.

    Args:
        assignment: the week.
        show: called with each result and the one before.
        begin: called before each check.
        stop: set by another thread to end it.

    Raises:
        CouldNotCheck: a service or the checks themselves failed.
    """
    stop = stop or threading.Event()
    submission = Submission(assignment.name, assignment.folder)
    with ScratchDir("watch") as folder, Pool(assignment, jobs=1, hidden=False, room=folder / "pool") as pool:

        def check() -> None:
            begin()
            job = pool.job(submission, seed=secrets.randbelow(100_000), out=pool.room / "watched.json", in_place=True)
            pool.take([job])
            while pool.busy and not stop.is_set():
                for _, result in pool.step(STEP_SECONDS):
                    before = last_result(assignment)
                    remember(assignment, result)
                    show(result, before)

        check()
        for _ in _saves(assignment, stop):
            check()


def _saves(assignment: Assignment, stop: threading.Event) -> Iterator[object]:
    """Yield after each save of a file of the student's, and when one of the folders goes away or is back."""
    from watchfiles import PythonFilter
    from watchfiles import watch as changes

    wanted = PythonFilter(extra_extensions=EXTENSIONS)
    while not stop.is_set():
        roots = _roots(assignment)
        if not roots:
            stop.wait(LOOK_SECONDS)
            if _roots(assignment):
                yield roots
            continue
        options: dict[str, Any] = {"debounce": 60, "step": 20, "rust_timeout": round(LOOK_SECONDS * 1000)}
        for saved in changes(*roots, watch_filter=wanted, stop_event=stop, yield_on_timeout=True, **options):
            # The system watches what was there: not what has its name now.
            replaced = _roots(assignment) != roots
            if saved or replaced:
                yield saved
            if replaced:
                break


def _roots(assignment: Assignment) -> dict[Path, int]:
    """Return the student's files and folders that are there, each with what tells it from another of its name."""
    found = {}
    for part in assignment.student_files:
        with contextlib.suppress(OSError):
            found[assignment.folder / part] = (assignment.folder / part).stat().st_ino
    return found
