"""Access to the database: the engine, the session factory, and a session for each request."""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

# (provided) Such as postgresql+psycopg2://user:password@127.0.0.1:5432/name: the URL names its driver.
DATABASE_URL = os.environ.get("DATABASE_URL", "")
if not DATABASE_URL:
    raise RuntimeError("DATABASE_URL is not set. `python -m classroom run` starts the app with a database.")

# (provided) One engine for the whole app: it holds the connections. The factory creates sessions that use them.
engine = create_engine(DATABASE_URL)
SessionFactory = sessionmaker(engine)


def get_session() -> Iterator[Session]:
    """Lend a session to one request."""
    # TODO 3: give each request a session of its own, and close it afterwards, even after an error.
    raise NotImplementedError("TODO 3: a session for each request")


SessionDep = Annotated[Session, Depends(get_session)]
