"""Engines and sessions: one for writing, one for reading."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import lag
from app.models import Base
from app.settings import settings


def engine_for(url: str) -> Engine:
    """Return an engine with a small pool: many instances share one database (provided)."""
    # pool_pre_ping: a connection that was cut while it was in the pool is replaced before it is used.
    return create_engine(url, pool_size=5, max_overflow=5, pool_pre_ping=True, connect_args={"connect_timeout": 5})


writer = engine_for(settings.database_url)
# TODO 9: an engine of its own for reading.
reader = writer


@contextmanager
def writing() -> Iterator[Session]:
    """A session to write: committed when the block ends, rolled back when it raises (provided)."""
    with Session(writer, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session to read: everything that a GET needs (provided)."""
    with lag.session(reader) as session:
        yield session


def create_tables() -> None:
    """Create the tables that are missing. Called by every instance when it starts."""
    try:
        # TODO 8: two instances may start at the same moment, and both find no tables.
        Base.metadata.create_all(writer)
    except OperationalError as error:
        # (provided) An instance that starts while the primary is down can still serve reads.
        print(f"The tables were not created, because the database does not respond: {error.orig}", flush=True)
