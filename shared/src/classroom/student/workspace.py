"""What a student does beside checking: see the app in a browser, watch, look at all weeks, look into the database."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.core.assignment import Assignment, weeks
from classroom.core.errors import UsageError
from classroom.core.files import write_atomic
from classroom.core.ports import Ports, ensure_port_free
from classroom.core.processes import clean_environment, end_tree
from classroom.core.result import Result
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.services.manager import Services
from classroom.student.hints import MEMORY
from classroom.student.local_system import LocalSystem, run_system, shower

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAST = "last.json"
STORED = "storage-files"  # what the storage keeps between two runs


def remember(assignment: Assignment, result: Result) -> None:
    """Keep a result for `progress`; a folder that cannot be written is no reason to stop."""
    try:
        write_atomic(assignment.folder / MEMORY / LAST, result.to_json())
    except OSError:
        return


def last_result(assignment: Assignment) -> Result | None:
    """The result of the last check, where there is one that can be read."""
    try:
        return Result.from_json((assignment.folder / MEMORY / LAST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


@dataclass(frozen=True)
class Progress:
    """One week at a glance."""

    number: int
    assignment: Assignment
    result: Result | None


def progress(top: Path) -> list[Progress]:
    """Every week of a course, with the result of its last check."""
    found = []
    for number, folder in weeks(top).items():
        assignment = Assignment.load(folder)
        found.append(Progress(number, assignment, last_result(assignment)))
    return found


def watch(assignment: Assignment, show: Callable[[Result], None]) -> None:
    """Check now, and again at each save, until Ctrl-C.

    One worker stays warm, with the libraries loaded and the checks collected, so that a check takes a moment.
    """
    import secrets

    from watchfiles import PythonFilter
    from watchfiles import watch as changes

    from classroom.checks.pool import Pool

    parts = [assignment.folder / part for part in assignment.student_files if (assignment.folder / part).exists()]
    wanted = PythonFilter(extra_extensions=(".sql", ".toml", ".ini"))
    submission = Submission(assignment.name, assignment.folder)
    with ScratchDir("watch") as room, Pool(assignment, jobs=1, hidden=False, room=room / "pool") as pool:

        def check() -> None:
            order = pool.job(submission, seed=secrets.randbelow(100_000), out=pool.room / "watched.json", in_place=True)
            for _, result in pool.grade([order]):
                remember(assignment, result)
                show(result)

        check()
        for _ in changes(*parts, watch_filter=wanted, debounce=60, step=20):
            check()


def run_app(
    assignment: Assignment, port: int, told: Callable[[str], None], *, storage_port: int = 9000, workers: int = 0
) -> int:
    """Serve the week's app with reload and its services, or the week's whole system, until it ends or Ctrl-C.

    Args:
        assignment: the week.
        port: of 127.0.0.1.
        told: called with a line for the person at the keyboard.
        storage_port: for the storage, where the week has one.
        workers: how many programs `app.worker` run beside a whole system.

    Returns:
        The exit status of the server.

    Raises:
        UsageError: the port is taken.
    """
    if "storage" in assignment.services:
        return _run_system(assignment, Ports(port, storage_port), told, workers)
    ensure_port_free(port, f"--port {port + 1}")
    with _kept_database(assignment) as environment:
        command = [
            sys.executable,
            "-m",
            "classroom.student.dev_server",
            "app.main:app",
            "--port",
            str(port),
            "--reload",
        ]
        command += [word for part in assignment.student_files for word in ("--reload-dir", part)]
        told(f"http://127.0.0.1:{port}/docs shows the app in your browser. Ctrl-C stops it.")
        process = subprocess.Popen(command, cwd=assignment.folder, env=_environment(environment))
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(5)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                end_tree(process)
            return 0


def _run_system(assignment: Assignment, ports: Ports, told: Callable[[str], None], workers: int) -> int:
    ports.ensure_free()
    week = assignment.folder
    with _kept_database(assignment) as environment:
        return run_system(LocalSystem(week, week, week / STORED, environment, ports, shower(), workers=workers), told)


class _kept_database:  # noqa: N801 - used as a with-statement
    """The environment with the database that outlives `run`, for a week that has one."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.services = Services(assignment.services)

    def __enter__(self) -> dict[str, str]:
        if "postgres" not in self.assignment.services:
            return {}
        database = self.services.provisioner.kept(self.assignment.name)
        scheme = self.assignment.database_scheme
        addresses = {"DATABASE_URL": database.url_for(scheme)}
        if "storage" in self.assignment.services:
            addresses["DATABASE_REPLICA_URL"] = database.reader().url_for(scheme)
        return addresses

    def __exit__(self, *_: object) -> None:
        self.services.close()


def reset(assignment: Assignment) -> None:
    """Empty the database that `run` keeps, and its storage."""
    _needs_database(assignment)
    if "storage" in assignment.services:
        shutil.rmtree(assignment.folder / STORED, ignore_errors=True)
    services = Services(assignment.services)
    try:
        services.provisioner.reset(assignment.name)
    finally:
        services.close()


def psql(assignment: Assignment) -> int:
    """Open the database that `run` keeps; return the program's exit status."""
    from classroom.services.postgres.psql import open_prompt

    _needs_database(assignment)
    services = Services(assignment.services)
    try:
        return open_prompt(services.provisioner.kept(assignment.name))
    finally:
        services.close()


def _needs_database(assignment: Assignment) -> None:
    if "postgres" not in assignment.services:
        raise UsageError(f"{assignment.name} has no database.")


def _environment(more: dict[str, str]) -> dict[str, str]:
    return clean_environment() | more
