"""What a check can ask for: a client, the app, random data, the submission's files, databases."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from classroom.app import App, Command, NotStarted
from classroom.client import Client
from classroom.launcher import launcher
from classroom.suite.draw import Draw
from classroom.suite.expect import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from classroom.client import Answer, Exchange
    from classroom.services.supply import Backing
    from classroom.suite.run import Run
    from classroom.suite.system import System

Kind = TypeVar("Kind", bound=App)
TEXT_LIMIT = 1_000_000
GRADING_LIMITS = {"FSIZE": 50_000_000, "NOFILE": 512, "CORE": 0, "AS": 4_000_000_000}


def together(*calls: Callable[[], Answer]) -> list[Answer]:
    """Make these calls at the same time, each in a thread; return their answers in the same order.

    Raises:
        Exception: the first error that one of them met.
    """
    found: list[Any] = [None] * len(calls)

    def call(index: int) -> None:
        try:
            found[index] = calls[index]()
        except Exception as error:  # noqa: BLE001 - handed to the caller
            found[index] = error

    threads = [threading.Thread(target=call, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in found:
        if isinstance(one, Exception):
            raise one
    return found


class Running:
    """The app that is being checked: started when first needed, anew where it was lost."""

    def __init__(self, run: Run, app: App, given: Mapping[str, str]) -> None:
        self.run = run
        self.app = app
        self.app.given = dict(given)
        self.losses = 0

    @property
    def given(self) -> dict[str, str]:
        """The course's files that stand in for the submission's own at this start."""
        return self.app.given

    @property
    def address(self) -> Any:
        """Where the app listens."""
        return self.app.address

    @property
    def seconds(self) -> float:
        """Seconds for the next answer."""
        return min(self.app.seconds, self.run.seconds_left())

    def note(self, exchange: Exchange) -> None:
        """Write a request down before it is made."""
        self.app.note(exchange)
        self.run.exchanges.append(exchange)

    def lost(self, exchange: Exchange) -> None:
        """A request got no answer."""
        self.app.lost(exchange)

    def ready(self) -> None:
        """See that the app is there: start it, or start it anew after it was lost.

        Raises:
            NotStarted: it does not start.
            Failure: it was lost too often, or the time of the whole run is gone.
        """
        limits = self.run.assignment.limits
        if self.run.used_up:
            raise Failure(f"The time for the whole run ({limits.total_s:g} s) was used up before this check.")
        if self.app.failure:
            raise NotStarted(self.app.failure)
        if self.app.healthy and self.app.alive():
            return
        if self.app.starts:
            self.losses += 1
        if self.losses > limits.restarts:
            raise Failure(f"The app had to be started anew more than {limits.restarts} times.")
        self.app.start()

    def start(self) -> None:
        """Start the app where it is not running."""
        self.ready()

    def stop(self) -> None:
        """Stop it, hard."""
        self.app.stop()

    def restart(self, given: Mapping[str, str] | None = None) -> None:
        """Stop it, hard, and start it again; `given` files stand in from now on."""
        if self.app.failure and given is None:
            raise NotStarted(self.app.failure)
        self.app.restart(given)


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run that this session is."""
    from classroom.suite.plugin import RUN

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


@pytest.fixture(scope="session")
def given_files() -> dict[str, str]:
    """Files of the course that stand in for the submission's own; a week's conftest.py may say which."""
    return {}


@pytest.fixture(scope="session")
def app(run: Run, given_files: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Running]:
    """The app: it can be stopped, started and restarted."""
    app = _make(App, run, request)
    run.printed = lambda mark: app.output.since(mark) if app.output else ""
    try:
        yield Running(run, app, given_files)
    finally:
        app.close()


def _make(kind: type[Kind], run: Run, request: pytest.FixtureRequest) -> Kind:
    """An app, or what runs its other programs, with the environment that the week's services make."""
    scheme = run.assignment.database_scheme
    if "storage" in run.assignment.services:
        return _in(request.getfixturevalue("backing").environment(scheme), kind, run)
    if "postgres" in run.assignment.services:
        return _in({"DATABASE_URL": request.getfixturevalue("database").url_for(scheme)}, kind, run)
    return _in({}, kind, run)


def _in(environment: Mapping[str, str], kind: type[Kind], run: Run) -> Kind:
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
def client(app: Running, given_files: dict[str, str]) -> Client:
    """A client of the running app."""
    if app.given != given_files:
        app.restart(given_files)
    app.ready()
    return Client(app)


@pytest.fixture
def fresh(app: Running, given_files: dict[str, str]) -> Client:
    """A client of the app, started anew for this check."""
    app.ready()
    app.restart(given_files)
    return Client(app)


class Files:
    """The submission's files, read as text."""

    def __init__(self, run: Run) -> None:
        assert run.job is not None
        self.run = run
        self.folder = run.job.folder

    def read(self, path: str) -> str:
        """A file's text.

        Raises:
            Failure: it is missing, too long, or no text.
        """
        self.run.touched = True
        place = Path(self.folder, path)
        try:
            data = place.read_bytes() if place.stat().st_size <= TEXT_LIMIT else None
        except OSError:
            raise Failure(f"There is no file {path} in the submission.") from None
        if data is None:
            raise Failure(f"{path} is longer than {TEXT_LIMIT // 1_000_000} MB.")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Failure(f"{path} is no text in UTF-8.") from None


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
    starter = launcher(run.assignment.preload)
    yield starter
    starter.close()


@pytest.fixture(scope="session")
def cache() -> Iterator[Any]:
    """The cache that all instances share."""
    from classroom.services.cache import Cache

    cache = Cache()
    cache.start()
    yield cache
    cache.close()


@pytest.fixture(scope="session")
def storage(run: Run, course_launcher: Any) -> Iterator[Any]:
    """The week's storage, running."""
    from classroom.services.storage import Storage

    storage = Storage(run.assignment.folder, course_launcher)
    yield storage
    storage.close()


@pytest.fixture(scope="session")
def backing(run: Run, cache: Any, storage: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backing]:
    """What the system stands on."""
    backing = run.services.backing(cache, storage, tmp_path_factory.mktemp("system"))
    yield backing
    backing.database.drop()


@pytest.fixture(scope="session")
def _whole_system(run: Run, backing: Backing) -> Iterator[System]:
    yield from _system(run, backing)


def _system(run: Run, backing: Backing) -> Iterator[System]:
    from classroom.suite.system import system_of

    def make(kind: type[Kind], backing: Backing) -> Kind:
        return _in(backing.environment(run.assignment.database_scheme), kind, run)

    yield from system_of(backing, make, lambda app: Running(run, app, {}))


@pytest.fixture
def system(_whole_system: System) -> Iterator[System]:
    """The system: two instances on the same services, all of it running."""
    _whole_system.ready()
    yield _whole_system
    _whole_system.rest()


@pytest.fixture
def blank_system(run: Run, cache: Any, storage: Any, tmp_path: Path) -> Iterator[System]:
    """A system on an empty database of its own, none of its instances started yet."""
    cache.start()
    cache.flush()
    backing = run.services.backing(cache, storage, tmp_path)
    yield from _system(run, backing)
    backing.database.drop()
