"""Everything a student does besides checking: run the app, keep the last result, query the database."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from classroom.core.commands import typed
from classroom.core.errors import ClassroomError, UsageError
from classroom.core.files import write_atomic
from classroom.core.locks import Lock
from classroom.core.ports import Ports, ensure_port_free
from classroom.core.processes import clean_environment, end_tree
from classroom.core.result import Result
from classroom.services.manager import Services
from classroom.student.foreground import line_printer, run_system
from classroom.student.hints import STATE_DIR
from classroom.student.kept_names import kept_name, kept_names
from classroom.student.local_system import LocalSystem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classroom.core.assignment import Assignment
    from classroom.services.postgres.database import Database

LAST, IN_USE = "last.json", "in-use"
IN_USE_SECONDS = 5
STORED = "storage-files"  # uploads, which are kept between two runs


def remember(assignment: Assignment, result: Result) -> None:
    """Store a result for `progress`, if the folder can be written."""
    try:
        write_atomic(assignment.folder / STATE_DIR / LAST, result.to_json())
    except OSError:
        return


def last_result(assignment: Assignment) -> Result | None:
    """Return the result of the last check, or None if none can be read."""
    try:
        return Result.from_json((assignment.folder / STATE_DIR / LAST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def run_app(
    assignment: Assignment,
    port: int,
    log: Callable[[str], None],
    *,
    storage_port: int = 9000,
    workers: int = 0,
    browser: bool = True,
) -> int:
    """Serve the week's app with its services, or the week's whole system, until it ends or Ctrl-C is pressed.

    Args:
        assignment: the week.
        port: the port of 127.0.0.1 to serve on.
        log: called with each line for the user.
        storage_port: the port of the storage server, if the week has one.
        workers: how many programs `app.worker` to run with a whole system.
        browser: whether to open the control room of a whole system in a browser.

    Returns:
        The exit status of the server.

    Raises:
        UsageError: a port is in use.
    """
    if "storage" in assignment.services:
        return _run_system(assignment, Ports(port, storage_port), log, workers, browser=browser)
    if assignment.apps:
        return _run_several(assignment, port, log)
    ensure_port_free(port, typed("run", assignment.name, port=port + 1))
    with kept_database(assignment) as (environment, _):
        log(f"Open http://127.0.0.1:{port}/docs in your browser. Press Ctrl-C to stop.")
        return _serve(assignment, port, environment)


def _run_several(assignment: Assignment, port: int, log: Callable[[str], None]) -> int:
    from classroom.student.several_apps import SeveralApps, run_apps

    for number in range(len(assignment.apps)):
        ensure_port_free(port + number, typed("run", assignment.name, port=port + 10))
    with _kept_databases(assignment) as databases:
        return run_apps(SeveralApps(assignment, assignment.folder, port, databases, line_printer()), log)


@contextlib.contextmanager
def _kept_databases(assignment: Assignment) -> Iterator[dict[str, dict[str, str]]]:
    """Yield the address of each app's database, which is kept between runs, by the app's name."""
    services = Services(assignment.services)
    try:
        if "postgres" not in assignment.services:
            yield {name: {} for name in assignment.apps}
            return
        kept = {app: services.provisioner.kept(name) for app, name in kept_names(assignment).items()}
        with _in_use(assignment):
            yield {app: {"DATABASE_URL": one.url_for(assignment.database_scheme)} for app, one in kept.items()}
    finally:
        services.close()


def _serve(assignment: Assignment, port: int, environment: dict[str, str]) -> int:
    """Run the app with reload until it ends or Ctrl-C is pressed, and return its exit status."""
    command = [sys.executable, "-m", "classroom.student.dev_server", "--port", str(port)]
    folders = [part for part in assignment.student_files if (assignment.folder / part).is_dir()]
    command += [argument for folder in folders for argument in ("--reload-dir", folder)]
    process = subprocess.Popen(command, cwd=assignment.folder, env=clean_environment() | environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(5)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            end_tree(process)
        return 0


def _run_system(
    assignment: Assignment, ports: Ports, log: Callable[[str], None], workers: int, *, browser: bool
) -> int:
    from classroom.student.control_room.command import control_room
    from classroom.student.load.running import announced

    ports.ensure_free(assignment.name)
    week = assignment.folder
    with kept_database(assignment) as (environment, database):
        if database:
            database.let_in()  # a run that was killed may have left it away
        show = line_printer()
        system = LocalSystem(week, week, week / STORED, environment, ports, show, workers=workers, database=database)
        with announced(system, week):
            return run_system(system, log, lambda: control_room(system, assignment.name, log, browser=browser))


@contextlib.contextmanager
def kept_database(assignment: Assignment) -> Iterator[tuple[dict[str, str], Database | None]]:
    """Yield the addresses of the database that is kept between runs, and itself; none for a week without one."""
    services = Services(assignment.services)
    try:
        if "postgres" not in assignment.services:
            yield {}, None
            return
        (name,) = kept_names(assignment).values()
        database = services.provisioner.kept(name)
        in_use = _in_use(assignment)
        scheme = assignment.database_scheme
        addresses = {"DATABASE_URL": database.url_for(scheme)}
        if "storage" in assignment.services:
            addresses["DATABASE_REPLICA_URL"] = database.reader().url_for(scheme)
        with in_use:
            yield addresses, database
    finally:
        services.close()


@contextlib.contextmanager
def _in_use(assignment: Assignment) -> Iterator[None]:
    """Hold the database that is kept as one of those that use it, where the folder can be written."""
    try:
        lock = _use(assignment)
    except (OSError, ClassroomError):
        yield
        return
    try:
        lock.share(IN_USE_SECONDS)
        yield
    finally:
        lock.close()


def _use(assignment: Assignment) -> Lock:
    """Return the lock that every app on the database that is kept shares."""
    (assignment.folder / STATE_DIR).mkdir(exist_ok=True)
    return Lock(assignment.folder / STATE_DIR / IN_USE)


@contextlib.contextmanager
def _unused(assignment: Assignment) -> Iterator[None]:
    """Keep apps from starting on the database that is kept.

    Raises:
        UsageError: one is running on it.
    """
    lock = None
    with contextlib.suppress(OSError, ClassroomError):
        lock = _use(assignment)
    try:
        if lock and not lock.attempt():
            raise UsageError(
                f"The app of {assignment.name} is running on this database. Stop it with Ctrl-C, "
                f"then: {typed('reset', assignment.name)}"
            )
        yield
    finally:
        if lock:
            lock.close()


def reset(assignment: Assignment) -> None:
    """Delete everything in the database that `run` keeps, and in its storage.

    Raises:
        UsageError: an app is running on it.
    """
    _needs_database(assignment)
    with _unused(assignment):
        if "storage" in assignment.services:
            shutil.rmtree(assignment.folder / STORED, ignore_errors=True)
        services = Services(assignment.services)
        try:
            for name in kept_names(assignment).values():
                services.provisioner.reset(name)
        finally:
            services.close()


def psql(assignment: Assignment, app: str | None = None) -> int:
    """Open an SQL prompt in the week's folder on the database that `run` keeps, and return its exit status.

    Args:
        assignment: the week.
        app: whose database, if several apps have one; the first one's if it is None.

    Raises:
        UsageError: there is no such database.
    """
    from classroom.services.postgres.psql import open_prompt

    _needs_database(assignment)
    name = kept_name(assignment, app)
    services = Services(assignment.services)
    try:
        database = services.provisioner.kept(name)
        _let_in(assignment, database)
        return open_prompt(database, assignment.folder)
    finally:
        services.close()


def _let_in(assignment: Assignment, database: Database) -> None:
    """Let the app in again if a run was killed while its control room had taken the primary away."""
    with contextlib.suppress(OSError, ClassroomError), contextlib.closing(_use(assignment)) as lock:
        if lock.attempt():
            database.let_in()


def _needs_database(assignment: Assignment) -> None:
    if "postgres" not in assignment.services:
        raise UsageError(f"{assignment.name} has no database.")
