"""Several apps of one submission, side by side: each has its own database, and all of them use the same cache."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from classroom.apps.app import App
from classroom.apps.environment import Environment
from classroom.apps.exchange import SITE_PORT
from classroom.checks.app_under_test import AppUnderTest
from classroom.checks.fixtures import build_app
from classroom.checks.system import Instance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from classroom.checks.run import Run
    from classroom.services.cache import Cache
    from classroom.services.postgres.database import Database


class NamedApp(Instance):
    """One of the apps: `client` sends requests to it alone, and it can be killed and started.

    Attributes:
        name: its name in assignment.toml.
        database: its own database, or None if the assignment has none.
    """

    def __init__(self, name: str, running: AppUnderTest, database: Database | None) -> None:
        super().__init__(running)
        self.name = name
        self._database = database

    @property
    def database(self) -> Database:
        """Return its own database."""
        assert self._database is not None, "assignment.toml does not list the postgres service"
        return self._database

    def error(self) -> str | None:
        """Return the cause of the first error that it has printed since its last start, with its file and line, or None."""
        return self.running.error()

    def printed(self) -> str:
        """Return what it has printed since its last start."""
        output = self.running.app.output
        return output.since(0) if output else ""


def named_apps(run: Run, cache: Cache | None, given: Mapping[str, str], stack: ExitStack) -> dict[str, NamedApp]:
    """Return the apps of a submission by name, not started yet.

    Args:
        run: the run.
        cache: what CACHE_URL leads to.
        given: course files that replace the submission's own, by path.
        stack: closes the apps and drops their databases.
    """
    found = {}
    for number, (name, module) in enumerate(run.assignment.apps.items()):
        database = stack.enter_context(run.services.system_database()) if "postgres" in run.services.names else None
        app = build_app(App, run, _environment(run, database, cache), module)
        stack.callback(app.close)
        running = AppUnderTest(run, app, given)
        running.port = SITE_PORT + number
        found[name] = NamedApp(name, running, database)
    return found


def _environment(run: Run, database: Database | None, cache: Cache | None) -> Environment:
    environment = database.environment(run.assignment.database_scheme) if database else Environment()
    urls = {"CACHE_URL": cache.url} if cache else {}
    return replace(environment, services={**environment.services, **urls})
