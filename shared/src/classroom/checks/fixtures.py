"""The fixtures of checks: clients, the app, random data, the submission's files, services."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from classroom.apps.app import App, NotStarted, NotStartedWith
from classroom.apps.client import Client
from classroom.apps.environment import Environment
from classroom.apps.program import Command
from classroom.apps.terminable import TerminableApp
from classroom.checks.app_under_test import AppUnderTest, Files
from classroom.checks.concurrency import BackgroundCall
from classroom.checks.container import Container
from classroom.checks.draw import Draw
from classroom.checks.names import Names
from classroom.checks.student_tests import StudentTests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from classroom.checks.run import Run
    from classroom.services.manager import Backing
    from classroom.services.postgres.database import Database

Kind = TypeVar("Kind", bound=App)
GRADING_LIMITS = {"FSIZE": 50_000_000, "NOFILE": 512, "CORE": 0, "AS": 4_000_000_000}


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run of this session."""
    from classroom.checks.plugin import RUN

    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def session_draw(run: Run) -> Draw:
    """Random values for data that all checks of a run share."""
    assert run.job is not None
    return Draw(run.job.seed, "session")


@pytest.fixture
def draw(run: Run, request: pytest.FixtureRequest) -> Draw:
    """Random values for this check."""
    assert run.job is not None
    return Draw(run.job.seed, request.node.name)


@pytest.fixture(scope="session")
def _drawn_names() -> set[str]:
    return set()


@pytest.fixture
def names(run: Run, request: pytest.FixtureRequest, _drawn_names: set[str]) -> Names:
    """Names, addresses and other values for rows, none of them twice in a run."""
    assert run.job is not None
    # Not the check's own draw: a value that is drawn again, since another check has it, would change all that follow.
    return Names(Draw(run.job.seed, f"{request.node.name} names"), _drawn_names)


@pytest.fixture
def task_number(request: pytest.FixtureRequest) -> int:
    """The number of the task that this check belongs to."""
    return int(request.node.get_closest_marker("task").args[0])


@pytest.fixture
def background() -> Iterator[Callable[[Callable[[], Any]], BackgroundCall[Any]]]:
    """A function that starts a call in the background; the check ends once all of its calls have finished."""
    started: list[BackgroundCall[Any]] = []

    def start(call: Callable[[], Any]) -> BackgroundCall[Any]:
        started.append(BackgroundCall(call))
        return started[-1]

    yield start
    for call in started:
        call.wait()


@pytest.fixture(scope="session")
def given_files() -> dict[str, str]:
    """Course files that replace the submission's own, by path; a week can override this fixture."""
    return {}


def build_app(
    kind: type[Kind],
    run: Run,
    environment: Environment,
    module: str = "app.main",
    *,
    folder: Path | None = None,
    loopback: bool = False,
) -> Kind:
    """Return the submission's app, or a program of it, that will be started with these environment variables.

    Args:
        kind: App, Command or BackgroundProgram.
        run: the run whose submission, launcher and limits are used.
        environment: the addresses of the services.
        module: the module that holds `app`.
        folder: the folder it is started in, if that is not the submission.
        loopback: whether it listens on a port.
    """
    assert run.job is not None
    limits = run.assignment.limits
    app = kind(
        folder or run.job.folder,
        run.launcher,
        environment=environment,
        start_s=limits.check_s if kind is Command else limits.start_s,
        seconds=limits.request_s,
        limits=GRADING_LIMITS if run.job.limited else {},
        module=module,
        loopback=loopback,
    )
    app.on_launch = partial(setattr, run, "ran", True)
    return app


@pytest.fixture(scope="session")
def _service_environment(run: Run, request: pytest.FixtureRequest) -> Environment:
    """The environment variables with the addresses of the week's services."""
    scheme = run.assignment.database_scheme
    if "storage" in run.assignment.services:
        backing: Backing = request.getfixturevalue("backing")
        return backing.environment(scheme)
    if "postgres" in run.assignment.services:
        database: Database = request.getfixturevalue("database")
        return database.environment(scheme)
    return Environment()


@pytest.fixture(scope="session")
def app(run: Run, given_files: dict[str, str], _service_environment: Environment) -> Iterator[AppUnderTest]:
    """The app, which can be stopped, started and restarted."""
    app = build_app(App, run, _service_environment)
    try:
        yield AppUnderTest(run, app, given_files)
    finally:
        app.close()


@pytest.fixture
def command(run: Run, _service_environment: Environment) -> Iterator[Command]:
    """Runs programs of the submission in the app's environment: `command.run("alembic", "upgrade", "head")`."""
    run.touched = True
    command = build_app(Command, run, _service_environment)
    try:
        yield command
    finally:
        command.close()


@pytest.fixture
def client(app: AppUnderTest, given_files: dict[str, str]) -> Client:
    """A client for the running app."""
    if app.given != given_files:
        app.restart(given_files)
    app.ready()
    return Client(app)


@pytest.fixture
def fresh(app: AppUnderTest, given_files: dict[str, str]) -> Client:
    """A client of the app, which is restarted for this check."""
    app.ready()
    app.restart(given_files)
    return Client(app)


@pytest.fixture(scope="session")
def _second_app(run: Run, _service_environment: Environment) -> Iterator[AppUnderTest]:
    app = build_app(App, run, _service_environment)
    try:
        yield AppUnderTest(run, app, {})
    finally:
        app.close()


@pytest.fixture
def client_of(app: AppUnderTest, _second_app: AppUnderTest) -> Callable[[dict[str, str]], Client]:
    """A function that returns a client of a second instance of the app, which has these course files.

    The instance is kept for later checks with the same files, because starting an app is most of what a check costs.
    """

    def ask(given: dict[str, str]) -> Client:
        app.ready()
        try:
            if _second_app.given != given:
                _second_app.restart(given)
            _second_app.ready()
        except NotStarted as error:
            others = {path: text for path, text in given.items() if app.given.get(path) != text}
            raise NotStartedWith(str(error), others) from None
        return Client(_second_app)

    return ask


@pytest.fixture
def container(
    run: Run, app: AppUnderTest, given_files: dict[str, str], _service_environment: Environment
) -> Iterator[Callable[..., Container]]:
    """A function that starts one more instance of the app, as a container's runtime does.

    It is given variables of the environment, of which None removes one, and the instance can be sent SIGTERM.
    """
    with ExitStack() as stack:

        def start(**variables: str | None) -> Container:
            app.ready()
            instance = build_app(TerminableApp, run, _service_environment.changed(variables))
            stack.callback(instance.close)
            found = Container(instance, AppUnderTest(run, instance, given_files), variables)
            found.start()
            return found

        yield start


@pytest.fixture
def submission(run: Run) -> Files:
    """The submission's files."""
    return Files(run)


@pytest.fixture(scope="session")
def student_tests(run: Run, _service_environment: Environment) -> Iterator[StudentTests]:
    """Runs tests that the submission contains against the course's app, or a broken variant of it."""
    tests = StudentTests(run, lambda kind, **more: build_app(kind, run, _service_environment, **more))
    try:
        yield tests
    finally:
        tests.close()
