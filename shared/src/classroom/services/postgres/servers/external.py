"""A server named by DATABASE_URL. Only databases and roles with our own prefix are created or dropped there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from classroom.core.errors import CouldNotCheck
from classroom.services.postgres.access import Access
from classroom.services.postgres.connect import connect, first_line, reaches

if TYPE_CHECKING:
    from pathlib import Path

OLDEST = 140000
WITHOUT = "or unset DATABASE_URL to use the course's own server"
OWN_KEYS = ("host", "hostaddr", "port", "user", "password", "dbname")


class ExternalServer:
    """A server that its owner keeps running."""

    way = "given"
    programs: Path | None = None
    places: tuple[Path, ...] = ()

    def __init__(self, url: str) -> None:
        self._access = read_url(url)
        self._check()

    @property
    def access(self) -> Access:
        """Return how to get in."""
        return self._access

    def trouble(self, error: Exception) -> str:
        """Return one sentence: the server does not respond, and what to do."""
        where = f"{self._access.host}:{self._access.port}"
        return f"The database at DATABASE_URL ({where}) does not respond ({first_line(error)}): start it, {WITHOUT}."

    def revive(self) -> None:
        """Wait for a server that is recovering; its owner restarts one that has stopped."""
        reaches(self._access)

    def close(self) -> None:
        """Do nothing: its owner stops it."""

    def _check(self) -> None:
        import psycopg

        try:
            with connect(self._access) as connection:
                version = connection.info.server_version
        except psycopg.OperationalError as error:
            raise CouldNotCheck(self.trouble(error)) from error
        if version < OLDEST:
            raise CouldNotCheck(
                f"The database at DATABASE_URL is PostgreSQL {version // 10000}, but the course needs 14 or newer: "
                f"use a newer one, {WITHOUT}."
            )


def read_url(url: str) -> Access:
    """Parse a DATABASE_URL in the form of libpq or SQLAlchemy.

    Raises:
        CouldNotCheck: It is not the address of a PostgreSQL server, or has no host and port for the submissions.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    plain = re.sub(r"^(postgres(?:ql)?)\+\w+:", r"\1:", url)
    if urlsplit(plain).scheme not in ("postgres", "postgresql"):
        raise CouldNotCheck(
            f"DATABASE_URL is not the address of a PostgreSQL server: write postgresql://USER:PASSWORD@HOST:PORT/NAME, {WITHOUT}."
        )
    try:
        parts: dict[str, Any] = conninfo_to_dict(plain)
    except ProgrammingError as error:
        raise CouldNotCheck(f"DATABASE_URL cannot be read ({first_line(error)}): correct it, {WITHOUT}.") from error
    host = str(parts.get("host") or "127.0.0.1")
    socket_dir = host if host.startswith("/") else None
    port = str(parts.get("port") or 5432)
    if "," in host or not parts.get("user") or not port.isdecimal():
        raise CouldNotCheck(f"DATABASE_URL must have one host, a user and a numeric port: correct it, {WITHOUT}.")
    return Access(
        host="127.0.0.1" if socket_dir else host,
        port=int(port),
        user=str(parts["user"]),
        password=str(parts.get("password") or ""),
        database=str(parts.get("dbname") or parts["user"]),
        socket_dir=socket_dir,
        options={key: str(value) for key, value in parts.items() if key not in OWN_KEYS and value is not None},
    )
