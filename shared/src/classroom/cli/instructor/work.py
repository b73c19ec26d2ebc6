"""`classroom work`: grade pushes for a classroom that another machine serves."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from classroom.cli.instructor.database_option import VARIABLE, database_of, take_database
from classroom.cli.instructor.logs import start_logging, takes_verbose
from classroom.cli.instructor.serve import ensure_sandbox
from classroom.cli.parser import positive, takes_sandbox
from classroom.core.errors import CouldNotCheck, UsageError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from classroom.cli.parser import Group


def declare(group: Group) -> None:
    """Declare the command."""
    command = group.add(
        "work",
        _work,
        "grade pushes for a classroom that another machine serves, until Ctrl-C",
        "classroom work --database postgresql://classroom_worker@db.school.example/classroom",
    )
    take_database(command, "the database that the classroom is served with")
    command.add_argument(
        "--jobs", type=positive, default=0, metavar="N", help="submissions graded at once (one per core, at least two)"
    )
    command.add_argument("--name", default="", help="what logs call this worker (the machine's name)")
    takes_sandbox(command, "bubblewrap")
    takes_verbose(command, "also log when the grading of a push begins, and where each line comes from")


def _work(arguments: argparse.Namespace) -> int:
    try:
        from classroom.instructor.classrooms.week_pools import slots_for
        from classroom.instructor.workers.grading_loop import GradingLoop
        from classroom.instructor.workers.job_source import JobSource
    except ModuleNotFoundError as error:
        raise CouldNotCheck(f"The package {error.name} is not installed: type make setup, and try again.") from None
    from classroom.core.scratch import ScratchDir

    address = database_of(arguments)
    if not address:
        raise UsageError(f"Which database? Add --database URL, or set {VARIABLE}.")
    start_logging(verbose=arguments.verbose, stream="stdout")
    ensure_sandbox(arguments.sandbox)
    slots = slots_for(arguments.jobs)
    name = arguments.name or platform.node() or "worker"
    source = JobSource(address, name, slots, arguments.sandbox)
    source.enter()
    pushes = "1 push" if slots == 1 else f"{slots} pushes"
    print(f"{name} grades up to {pushes} at once for the classroom on {source.host}. Ctrl-C stops it.", flush=True)
    # Not in /tmp: a worker that runs for weeks must not lose its files to a program that tidies up there.
    with ScratchDir("work", _room()) as scratch:
        graded = GradingLoop(source, arguments.sandbox, slots, scratch).work()
    print(f"{graded} graded")
    return 0


def _room() -> Path:
    """Return the folder for the files of the submissions that are being graded."""
    from classroom.core.folders import cache_folder, make_folder

    return make_folder(cache_folder() / "work", 0o700)
