"""The database that `run` keeps, and who may empty it."""

from types import SimpleNamespace

import pytest
from classroom.core.errors import UsageError
from classroom.services.postgres import psql
from classroom.student import workspace


@pytest.fixture
def week(tmp_path, monkeypatch):
    """A week with a database, whose server is not needed."""
    emptied = []
    let_in = []
    database = SimpleNamespace(let_in=lambda: let_in.append(True))
    provisioner = SimpleNamespace(reset=emptied.append, kept=lambda _: database)
    services = SimpleNamespace(provisioner=provisioner, close=lambda: None)
    monkeypatch.setattr(workspace, "Services", lambda _: services)
    monkeypatch.setenv("CLASSROOM_MAKE", "1")
    return SimpleNamespace(
        folder=tmp_path, name="week3-sql", services=("postgres",), apps={}, emptied=emptied, let_in=let_in
    )


def test_database_is_emptied(week):
    """Without a running app the database is emptied."""
    workspace.reset(week)

    assert week.emptied == ["week3-sql"]


def test_database_of_each_app_is_emptied(week):
    """Where several apps run side by side, each has its own database, and all of them are emptied."""
    week.apps = {"shop": "app.shop", "bank": "app.bank"}

    workspace.reset(week)

    assert week.emptied == ["shop-week3-sql", "bank-week3-sql"]


def test_database_of_a_running_app_is_kept(week):
    """While an app runs on the database it stays, and the message says what to do."""
    with (
        workspace._in_use(week),
        pytest.raises(UsageError, match=r"Stop it with Ctrl-C, then: make reset WEEK=3"),
    ):
        workspace.reset(week)

    assert week.emptied == []


def test_two_apps_may_use_the_database(week):
    """An app on another port uses the same database."""
    with workspace._in_use(week), workspace._in_use(week):
        pass


def test_prompt_of_one_of_several_apps(week, monkeypatch):
    """The prompt opens the first app's database, or that of the app that is named."""
    week.apps, opened = {"shop": "app.shop", "bank": "app.bank"}, []
    monkeypatch.setattr(psql, "open_prompt", lambda database, _: opened.append(database))
    monkeypatch.setattr(workspace.Services(()).provisioner, "kept", lambda name: SimpleNamespace(name=name, let_in=str))

    workspace.psql(week)
    workspace.psql(week, "bank")
    with pytest.raises(UsageError, match=r"week3-sql has no app banc: its apps are shop and bank\."):
        workspace.psql(week, "banc")

    assert [database.name for database in opened] == ["shop-week3-sql", "bank-week3-sql"]


def test_prompt_opens_after_a_run_that_was_killed(week, monkeypatch):
    """A primary that a killed run has left away is brought back for the prompt, but not while a site runs on it."""
    monkeypatch.setattr(psql, "open_prompt", lambda *_: 0)

    with workspace._in_use(week):
        workspace.psql(week)
    assert week.let_in == []
    workspace.psql(week)

    assert week.let_in == [True]
