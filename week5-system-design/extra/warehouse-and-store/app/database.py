"""The database of this service (provided). Each service has its own DATABASE_URL, and cannot reach the other's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import JSON, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine(os.environ["DATABASE_URL"], pool_size=4, max_overflow=4, pool_pre_ping=True)


class Base(DeclarativeBase):
    """What the tables of a service have in common."""


class Message(Base):
    """A message that waits to be sent. Each service has such a table in its own database."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, str | int]] = mapped_column(JSON)


@contextmanager
def writing() -> Iterator[Session]:
    """A session: committed when the block ends, rolled back if it raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def create_tables() -> None:
    """Create the tables that are missing."""
    Base.metadata.create_all(engine)
