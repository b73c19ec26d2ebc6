"""The fixtures of checks that need services: databases, a cache, a storage, a whole system on them."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from classroom.apps.app import App
from classroom.apps.open import open_launcher
from classroom.checks.app_under_test import AppUnderTest
from classroom.checks.by_hand.trail import Act
from classroom.checks.fixtures import build_app
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from classroom.checks.run import Run
    from classroom.checks.side_by_side import NamedApp
    from classroom.checks.system import System
    from classroom.services.cache import Cache
    from classroom.services.manager import Backing
    from classroom.services.postgres.database import Database
    from classroom.services.storage import Storage

Kind = TypeVar("Kind", bound=App)
CHANGES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "DO ")


@pytest.fixture(scope="session")
def database(run: Run) -> Iterator[Database]:
    """The database that the app uses."""
    yield from _new_database(run)


@pytest.fixture(scope="session")
def _blank_database(run: Run) -> Iterator[Database]:
    yield from _new_database(run)


def _new_database(run: Run) -> Iterator[Database]:
    database: Database = run.services.database()
    database.on_change = partial(_record, run)
    try:
        yield database
    finally:
        database.drop()


def _record(run: Run, sql: str | None, *values: object) -> None:
    """Record what a check does to a database: a statement that changes rows, or something that has no statement."""
    run.touched = True
    if sql is None or "pg_advisory" in sql:
        run.trail.act(Act.DATABASE)
    elif sql.lstrip().upper().startswith(CHANGES):
        run.trail.act(Act.ROWS)
        run.trail.statements.append((sql, values))
        run.trail.stored.update(value for value in values if isinstance(value, str))


@pytest.fixture
def blank(run: Run, _blank_database: Database) -> Database:
    """An empty database for this check, which the app does not know."""
    run.touched = True
    # Clearing a database takes a tenth of the time of creating one.
    _blank_database.clear()
    return _blank_database


@pytest.fixture(scope="session")
def course_launcher(run: Run) -> Iterator[Any]:
    """The launcher of the course's own apps, separate from the submission's."""
    from classroom.services.storage import LIBRARIES

    if run.course_launcher is not None:
        yield run.course_launcher
        return
    launcher = open_launcher(LIBRARIES)
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def cache(run: Run) -> Iterator[Cache]:
    """The cache that all instances share."""
    cache = run.services.cache()
    cache.on_stop = lambda: run.trail.act(Act.CACHE)
    cache.is_exposed = lambda: run.ran
    cache.start()
    yield cache
    cache.close()


@pytest.fixture(scope="session")
def _apps(run: Run, given_files: dict[str, str], request: pytest.FixtureRequest) -> Iterator[dict[str, NamedApp]]:
    from classroom.checks.side_by_side import named_apps

    cache = request.getfixturevalue("cache") if "cache" in run.assignment.services else None
    with ExitStack() as stack:
        apps = named_apps(run, cache, given_files, stack)
        for app in apps.values():
            if "postgres" in run.assignment.services:
                app.database.on_change = partial(_record, run)
        yield apps


@pytest.fixture
def apps_as_left(run: Run, _apps: dict[str, NamedApp], request: pytest.FixtureRequest) -> dict[str, NamedApp]:
    """The apps that `[apps]` in assignment.toml names, running or not as the last check left them; their cache runs."""
    if "cache" in run.assignment.services:
        request.getfixturevalue("cache").start()
    return _apps


@pytest.fixture
def apps(apps_as_left: dict[str, NamedApp]) -> dict[str, NamedApp]:
    """The apps that `[apps]` in assignment.toml names, all of them running, and their cache, too."""
    for app in apps_as_left.values():
        app.start()
    return apps_as_left


@pytest.fixture(scope="session")
def storage(run: Run, course_launcher: Any) -> Iterator[Storage]:
    """The week's storage, running."""
    from classroom.services.storage import Storage

    storage = Storage(run.assignment.folder, course_launcher)
    storage.client.record = run.trail.sent
    storage.on_move = lambda: run.trail.act(Act.CLOCK)
    if storage.private:
        run.launcher.sockets[storage.port] = storage.socket_path
    run.stores.append(storage)
    yield storage
    run.stores.remove(storage)
    storage.close()


@pytest.fixture(scope="session")
def _logs() -> Iterator[Path]:
    """The folder of the apps' logs; pytest's own folders would outlive the run."""
    with ScratchDir("logs") as folder:
        yield folder


@pytest.fixture(scope="session")
def backing(
    run: Run, course_launcher: Any, cache: Cache, _logs: Path, request: pytest.FixtureRequest
) -> Iterator[Backing]:
    """The services that the system runs on."""
    del course_launcher  # it loads libraries for the storage server while the cache and the database are created
    database = run.services.system_database()
    database.on_change = partial(_record, run)
    storage = request.getfixturevalue("storage")
    backing = run.services.backing(database, cache, storage, _logs / "system.log")
    run.trail.secrets.add(backing.auth_secret)
    yield backing
    database.drop()


@pytest.fixture(scope="session")
def _blank_backing(run: Run, cache: Cache, storage: Storage, _logs: Path) -> Iterator[Backing]:
    database = run.services.system_database()
    yield run.services.backing(database, cache, storage, _logs / "blank.log")
    database.drop()


@pytest.fixture(scope="session")
def _whole_system(run: Run, backing: Backing) -> Iterator[System]:
    yield from _system(run, backing)


def _system(run: Run, backing: Backing) -> Iterator[System]:
    from classroom.checks.system import system_of

    def make(kind: type[Kind], backing: Backing) -> Kind:
        return build_app(kind, run, backing.environment(run.assignment.database_scheme))

    yield from system_of(backing, make, lambda app: AppUnderTest(run, app, {}))


@pytest.fixture
def system(_whole_system: System) -> Iterator[System]:
    """Two running instances on the same services."""
    _whole_system.ready()
    yield _whole_system
    _whole_system.rest()


@pytest.fixture
def blank_system(run: Run, _blank_backing: Backing) -> Iterator[System]:
    """A system on its own empty database, with instances that are not started yet."""
    cache, database = _blank_backing.cache, _blank_backing.database
    cache.start()
    cache.flush()
    # Clearing a database takes a tenth of the time of creating one; its reader has to be granted access again.
    database.clear()
    database.reader()
    yield from _system(run, _blank_backing)
