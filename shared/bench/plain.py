"""The same checks in the usual way: the app imported into pytest's own process and asked through TestClient.

A pytest plugin for the benchmark alone. It takes the place of the kit's fixtures, so that both sides run the same
assertions, and the difference is in how the app is started and asked; only week 4's bonus, which runs programs of the
submission, is left to ours. A week with a database gets one from the kit's
own server, cloned from a template: quicker than what the usual way has, so that the comparison does not flatter us.
"""

from __future__ import annotations

import importlib
import os
import sys
import types
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from classroom.apps.client import Client
from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks import support
from classroom.checks.by_hand.trail import Trail
from classroom.checks.fixtures import (  # noqa: F401 - fixtures
    _drawn_names,
    draw,
    given_files,
    names,
    session_draw,
    submission,
    task_number,
)
from classroom.checks.plugin import task  # noqa: F401 - what check modules import
from classroom.checks.service_fixtures import _blank_database, blank, database  # noqa: F401 - fixtures
from classroom.core.assignment import Assignment
from classroom.services.manager import Services

if TYPE_CHECKING:
    from collections.abc import Iterator


class InProcess:
    """The imported app as the target of the kit's client, which asks it through TestClient.

    Args:
        inner: the TestClient.
    """

    seconds = 5.0

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def note(self, exchange: Exchange) -> None:
        """Leave out what the kit notes about a request."""

    def lost(self, exchange: Exchange) -> None:
        """Leave out what the kit notes about a request without a response."""

    def ask(self, exchange: Exchange) -> Answer:
        """Send a request."""
        found = self.inner.request(
            exchange.method, exchange.path, headers=exchange.headers, content=exchange.content, follow_redirects=False
        )
        headers = Headers((name.lower(), value) for name, value in found.headers.items())
        return Answer(found.status_code, headers, found.content, exchange)


def _ask(client: Client, exchange: Exchange, _: float) -> Answer:
    return client.target.ask(exchange)


class Here:
    """Stands for the app, which runs in this process."""

    def __init__(self, given: dict[str, str]) -> None:
        self.given = given
        self.client = Client(InProcess(_imported(given)))

    def stop(self) -> None:
        """Let it shut down."""
        self.client.target.inner.__exit__()

    def start(self) -> None:
        """Import it again."""
        self.client.target.inner = _imported(self.given)

    def restart(self, given: dict[str, str] | None = None) -> None:
        """Import it again, with other files of the course's if they are given."""
        self.given = self.given if given is None else given
        self.stop()
        self.start()


def _imported(given: dict[str, str]) -> Any:
    from fastapi.testclient import TestClient

    for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
        del sys.modules[name]
    sys.path.insert(0, str(Path.cwd()))
    for path, text in given.items():
        module = types.ModuleType(path.removesuffix(".py").replace("/", "."))
        exec(compile(text, path, "exec"), module.__dict__)  # noqa: S102 - the course's own text
        sys.modules[module.__name__] = module
    app = importlib.import_module("app.main").app
    return TestClient(app, raise_server_exceptions=False).__enter__()


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark and the week's own fixtures, and let every client ask the imported app."""
    Client._send = _ask  # type: ignore[method-assign]  # noqa: SLF001 - a week's own client inherits it too
    config.addinivalue_line("markers", "task(number, weight=1): the task that a check belongs to")
    support.register(config, Path.cwd() / "tests" / support.PACKAGE)


@pytest.fixture(scope="session")
def run() -> Iterator[Any]:
    """Stands for the kit's run: what its fixtures for databases and files ask of one."""
    assignment = Assignment.load(Path.cwd())
    services = Services(assignment.services)
    services.open_ahead()
    yield SimpleNamespace(
        assignment=assignment,
        services=services,
        job=SimpleNamespace(folder=Path.cwd(), seed=1),
        touched=False,
        script_failures=[],
        results={},
        trail=Trail(),
    )
    services.close()


@pytest.fixture(scope="session")
def app(run: Any, given_files: dict[str, str], request: pytest.FixtureRequest) -> Here:  # noqa: F811 - the fixture
    """The app, which can be imported again."""
    if "postgres" in run.assignment.services:
        url = request.getfixturevalue("database").url_for(run.assignment.database_scheme)
        os.environ["DATABASE_URL"] = url
    return Here(given_files)


@pytest.fixture
def client(app: Here) -> Client:
    """The app, asked in this process."""
    return app.client


@pytest.fixture
def fresh(app: Here) -> Client:
    """The app, imported again."""
    app.restart()
    return app.client


@pytest.fixture
def client_of(app: Here) -> Any:
    """The app with other files of the course's."""
    del app
    others: dict[str, Client] = {}

    def ask(given: dict[str, str]) -> Client:
        return others.setdefault(str(given), Client(InProcess(_imported(given))))

    return ask
