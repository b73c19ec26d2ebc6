"""The same checks in the usual way: the app imported into pytest's own process and asked through TestClient.

A pytest plugin for the benchmark alone. It takes the place of the kit's fixtures, so that both sides run the same
assertions, and the difference is in how the app is started and asked.
"""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from classroom.client import Answer, Exchange, Headers
from classroom.suite.draw import Draw
from classroom.suite.fixtures import blank, database, submission  # noqa: F401 - fixtures
from classroom.suite.plugin import task  # noqa: F401 - what check modules import


class InProcess:
    """Asks through TestClient, answers as the kit's client does."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        """`get`, `post`, ... as methods."""
        return lambda path, **more: self.request(name.upper(), path, **more)

    def request(self, method: str, path: str, **more: Any) -> Answer:
        """Ask the app."""
        more.pop("seconds", None)
        found = self.inner.request(method, path, **more)
        headers = Headers((name.lower(), value) for name, value in found.headers.items())
        return Answer(found.status_code, headers, found.content, Exchange(method, path))


class Here:
    """Stands for the app, which runs in this process."""

    def __init__(self, client: InProcess) -> None:
        self.client = client


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark."""
    config.addinivalue_line("markers", "task(number, weight=1): the task that a check belongs to")


@pytest.fixture(scope="session")
def session_draw() -> Draw:
    """Random values for what all checks share."""
    return Draw(1, "session")


@pytest.fixture
def draw(request: pytest.FixtureRequest) -> Draw:
    """Random values for one check."""
    return Draw(1, request.node.name)


@pytest.fixture(scope="session")
def given_files() -> dict[str, str]:
    """Files of the course that stand in for the submission's own."""
    return {}


def _started(given: dict[str, str]) -> InProcess:
    from fastapi.testclient import TestClient

    for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
        del sys.modules[name]
    sys.path.insert(0, str(Path.cwd()))
    for path, text in given.items():
        module = types.ModuleType(path.removesuffix(".py").replace("/", "."))
        exec(compile(text, path, "exec"), module.__dict__)  # noqa: S102 - the course's own text
        sys.modules[module.__name__] = module
    app = importlib.import_module("app.main").app
    return InProcess(TestClient(app, raise_server_exceptions=False).__enter__())


@pytest.fixture(scope="session")
def _session_client(given_files: dict[str, str]) -> InProcess:
    return _started(given_files)


@pytest.fixture
def client(_session_client: InProcess) -> InProcess:
    """The app, asked in this process."""
    return _session_client


@pytest.fixture
def fresh(given_files: dict[str, str]) -> InProcess:
    """The app, imported anew."""
    return _started(given_files)
