"""What a check can ask for: a client, the app, random data, the submission's files, databases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from classroom.apps.app import App
from classroom.apps.client import Client
from classroom.apps.environment import Environment
from classroom.apps.open import open_launcher
from classroom.apps.program import Command
from classroom.checks.app_under_test import AppUnderTest, Files
from classroom.checks.concurrency import BackgroundCall
from classroom.checks.draw import Draw
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from classroom.checks.run import Run
    from classroom.checks.system import System
    from classroom.services.manager import Backing

Kind = TypeVar("Kind", bound=App)
GRADING_LIMITS = {"FSIZE": 50_000_000, "NOFILE": 512, "CORE": 0, "AS": 4_000_000_000}


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run that this session is."""
    from classroom.checks.plugin import RUN

    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def session_draw(run: Run) -> Draw:
    """Random values for what is shared by all checks of a run."""
    assert run.job is not None
    return Draw(run.job.seed, "session")


@pytest.fixture
def draw(run: Run, request: pytest.FixtureRequest) -> Draw:
    """Random values for this check."""
    assert run.job is not None
    return Draw(run.job.seed, request.node.name)


@pytest.fixture
def task_number(request: pytest.FixtureRequest) -> int:
    """The number of the task that this check belongs to."""
    return int(request.node.get_closest_marker("task").args[0])


@pytest.fixture
def background() -> Iterator[Callable[[Callable[[], Any]], BackgroundCall[Any]]]:
    """A function that starts a call in the background; the check ends once all of its calls have ended."""
    started: list[BackgroundCall[Any]] = []

    def start(call: Callable[[], Any]) -> BackgroundCall[Any]:
        started.append(BackgroundCall(call))
        return started[-1]

    yield start
    for call in started:
        call.wait()


@pytest.fixture(scope="session")
def given_files() -> dict[str, str]:
    """Files of the course that replace the submission's own: none, unless a week's own fixture names them."""
    return {}


@pytest.fixture(scope="session")
def app(run: Run, given_files: dict[str, str], request: pytest.FixtureRequest) -> Iterator[AppUnderTest]:
    """The app: it can be stopped, started and restarted."""
    app = _make(App, run, request)
    try:
        yield AppUnderTest(run, app, given_files)
    finally:
        app.close()


def _make(kind: type[Kind], run: Run, request: pytest.FixtureRequest) -> Kind:
    """An app, or what runs its other programs, with the environment that the week's services make."""
    scheme = run.assignment.database_scheme
    if "storage" in run.assignment.services:
        return _in(request.getfixturevalue("backing").environment(scheme), kind, run)
    if "postgres" in run.assignment.services:
        return _in(request.getfixturevalue("database").environment(scheme), kind, run)
    return _in(Environment(), kind, run)


def _in(environment: Environment, kind: type[Kind], run: Run) -> Kind:
    assert run.job is not None
    limits = run.assignment.limits
    return kind(
        run.job.folder,
        run.launcher,
        environment=environment,
        start_s=limits.check_s if kind is Command else limits.start_s,
        seconds=limits.request_s,
        limits=GRADING_LIMITS if run.job.limited else {},
    )


@pytest.fixture
def command(run: Run, request: pytest.FixtureRequest) -> Iterator[Command]:
    """Runs programs of the submission with the app's environment: `command.run("alembic", "upgrade", "head")`."""
    run.touched = True
    command = _make(Command, run, request)
    try:
        yield command
    finally:
        command.close()


@pytest.fixture
def client(app: AppUnderTest, given_files: dict[str, str]) -> Client:
    """A client of the running app."""
    if app.given != given_files:
        app.restart(given_files)
    app.ready()
    return Client(app)


@pytest.fixture
def fresh(app: AppUnderTest, given_files: dict[str, str]) -> Client:
    """A client of the app, started anew for this check."""
    app.ready()
    app.restart(given_files)
    return Client(app)


@pytest.fixture(scope="session")
def _another_app(run: Run, request: pytest.FixtureRequest) -> Iterator[AppUnderTest]:
    app = _make(App, run, request)
    try:
        yield AppUnderTest(run, app, {})
    finally:
        app.close()


@pytest.fixture
def client_of(app: AppUnderTest, _another_app: AppUnderTest) -> Callable[[dict[str, str]], Client]:
    """A function that gives a client of a second instance of the app, which has these files of the course's.

    It is kept for the checks that ask for the same files after this one: starting an app is most of what a check costs.
    """

    def ask(given: dict[str, str]) -> Client:
        app.ready()
        if _another_app.given != given:
            _another_app.restart(given)
        _another_app.ready()
        return Client(_another_app)

    return ask


@pytest.fixture
def submission(run: Run) -> Files:
    """The submission's files."""
    return Files(run)


@pytest.fixture(scope="session")
def database(run: Run) -> Iterator[Any]:
    """The database that the app uses."""
    database = run.services.database()
    try:
        yield database
    finally:
        database.drop()


@pytest.fixture(scope="session")
def _blank_database(run: Run) -> Iterator[Any]:
    database = run.services.database()
    try:
        yield database
    finally:
        database.drop()


@pytest.fixture
def blank(run: Run, _blank_database: Any) -> Any:
    """An empty database, which the app does not know, for this check alone."""
    run.touched = True
    # Emptying one costs a tenth of making one.
    _blank_database.clear()
    return _blank_database


@pytest.fixture(scope="session")
def course_launcher(run: Run) -> Iterator[Any]:
    """What starts the course's own apps, away from those of the submission."""
    from classroom.services.storage import LIBRARIES

    if run.course_launcher is not None:
        yield run.course_launcher
        return
    launcher = open_launcher(LIBRARIES)
    yield launcher
    launcher.close()


@pytest.fixture(scope="session")
def cache(run: Run) -> Iterator[Any]:
    """The cache that all instances share."""
    cache = run.services.cache()
    cache.start()
    yield cache
    cache.close()


@pytest.fixture(scope="session")
def storage(run: Run, course_launcher: Any) -> Iterator[Any]:
    """The week's storage, running."""
    from classroom.services.storage import Storage

    storage = Storage(run.assignment.folder, course_launcher)
    if storage.private:
        run.launcher.sockets[storage.port] = storage.socket_path
    run.stores.append(storage)
    yield storage
    run.stores.remove(storage)
    storage.close()


@pytest.fixture(scope="session")
def _logs() -> Iterator[Path]:
    """Where the apps of a run keep their logs; pytest's own folders would outlive it."""
    with ScratchDir("logs") as room:
        yield room


@pytest.fixture(scope="session")
def backing(
    run: Run, course_launcher: Any, cache: Any, _logs: Path, request: pytest.FixtureRequest
) -> Iterator[Backing]:
    """What the system stands on."""
    del course_launcher  # loads what the storage needs while the cache and the database are made
    database = run.services.system_database()
    storage = request.getfixturevalue("storage")
    yield run.services.backing(database, cache, storage, _logs / "system.log")
    database.drop()


@pytest.fixture(scope="session")
def _blank_backing(run: Run, cache: Any, storage: Any, _logs: Path) -> Iterator[Backing]:
    database = run.services.system_database()
    yield run.services.backing(database, cache, storage, _logs / "blank.log")
    database.drop()


@pytest.fixture(scope="session")
def _whole_system(run: Run, backing: Backing) -> Iterator[System]:
    yield from _system(run, backing)


def _system(run: Run, backing: Backing) -> Iterator[System]:
    from classroom.checks.system import system_of

    def make(kind: type[Kind], backing: Backing) -> Kind:
        return _in(backing.environment(run.assignment.database_scheme), kind, run)

    yield from system_of(backing, make, lambda app: AppUnderTest(run, app, {}))


@pytest.fixture
def system(_whole_system: System) -> Iterator[System]:
    """The system: two instances on the same services, all of it running."""
    _whole_system.ready()
    yield _whole_system
    _whole_system.rest()


@pytest.fixture
def blank_system(run: Run, _blank_backing: Backing) -> Iterator[System]:
    """A system on an empty database of its own, none of its instances started yet."""
    cache, database = _blank_backing.cache, _blank_backing.database
    cache.start()
    cache.flush()
    # Emptying one costs a tenth of making one; what its reader may see has to be said anew.
    database.clear()
    database.reader()
    Path(_blank_backing.transcode_log).unlink(missing_ok=True)
    yield from _system(run, _blank_backing)
