"""Access to the database: the engine, the session factory, and a session for each request."""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

# (provided) The database's address, the engine that holds the connections, and what makes sessions.
DATABASE_URL = os.environ.get("DATABASE_URL", "")
if not DATABASE_URL:
    raise RuntimeError("DATABASE_URL is not set. `python -m classroom run` starts the app with a database.")

engine = create_engine(DATABASE_URL)
SessionFactory = sessionmaker(engine)


def get_session() -> Iterator[Session]:
    """Lend a session to one request."""
    with SessionFactory() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]
