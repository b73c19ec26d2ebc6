"""The replica of week 5 that lags, without a site around it."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType, SimpleNamespace

import pytest
from classroom.services.manager import Services
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DataError

HOUR = 3600
NOTES = text("SELECT count(*) FROM notes")


@pytest.fixture
def lag(week5, monkeypatch):
    """The module `app.lag`, told to lag by an hour."""
    settings = SimpleNamespace(replica_lag_seconds=HOUR, replica_lag_file="")
    given = {"app": ModuleType("app"), "app.settings": SimpleNamespace(settings=settings)}
    for name, module in given.items():
        monkeypatch.setitem(sys.modules, name, module)
    spec = importlib.util.spec_from_file_location("week5_lag", week5 / "app" / "lag.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    settings.replica_lag_seconds = 0  # its thread opens no further connection


@pytest.fixture
def engine():
    """Connections to a database with the table `notes`."""
    services = Services(["postgres"])
    with services.database() as database:
        engine = create_engine(database.url_for("postgresql+psycopg2"))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE notes (number int)"))
        yield engine
        engine.dispose()
    services.close()


def commit(session):
    """End a session as `session.begin()` does."""
    session.commit()


def roll_back(session):
    """End a session as an exception in `session.begin()` does."""
    session.rollback()


def fail(session):
    """Run a statement that the database refuses."""
    with pytest.raises(DataError):
        session.execute(text("SELECT 1 / 0"))


@pytest.mark.parametrize("act", [commit, roll_back, fail])
def test_no_session_ends_the_lag(lag, engine, act):
    """Whatever a session does, the next one sees the same earlier state: the lag is not the session's to end."""
    lag.begin(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO notes VALUES (1)"))

    with lag.session(engine) as session:
        before = session.execute(NOTES).scalar()
        act(session)
    with lag.session(engine) as session:
        after = session.execute(NOTES).scalar()

    assert (before, after) == (0, 0)
