"""How the server and its workers connect for the queue, with limits on how long a lost network can hold them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from classroom.instructor.site.database import parse_address

if TYPE_CHECKING:
    from sqlalchemy import Engine

CONNECT_SECONDS, ANSWER_SECONDS = 3, 5


def queue_engine(address: str) -> Engine:
    """Return an engine with one connection.

    Raises:
        UsageError: the address is not the URL of a PostgreSQL database.
    """
    return create_engine(
        parse_address(address),
        pool_size=1,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": ANSWER_SECONDS * 1000,
            "keepalives_idle": ANSWER_SECONDS,
            "application_name": "classroom queue",
            "options": f"-c statement_timeout={ANSWER_SECONDS}s -c lock_timeout={ANSWER_SECONDS}s",
        },
    )
