"""The database of the classroom on the web: its own PostgreSQL in the classroom's folder, or one that is named."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from classroom.core.errors import CouldNotCheck, UsageError
from classroom.core.locks import load_or_create_secret
from classroom.instructor.site import site_role
from classroom.instructor.workers.worker_role import grant_queue
from classroom.services.postgres.connect import first_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from classroom.services.postgres.access import Access

FOLDER = "database"  # in the classroom's `.classroom`
DRIVER = "postgresql+psycopg"
LOCK = 0x636C6173  # of the one server that uses a database
CONNECTIONS = 40
CONNECT_SECONDS = 10
KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 10_000}
FRESH_SECONDS = 1.0  # since a connection was used, in which it is taken to work
USED = "classroom_used"  # when a connection was used last
PASSWORD_BYTES = 16


@contextlib.contextmanager
def open_database(state_dir: Path, address: str = "") -> Iterator[Engine]:
    """Open the database of a classroom and bring its tables up to date.

    Args:
        state_dir: the classroom's `.classroom`; in it is the database if no other one is named.
        address: the URL of a database on another server.

    Raises:
        UsageError: the address cannot be used, or another classroom is being served with this database.
        CouldNotCheck: the database did not start or cannot be reached.
    """
    with contextlib.ExitStack() as opened:
        if address:
            owner = site = parse_address(address)
        else:
            from classroom.services.postgres.servers.kept import KeptServer

            owner = url_of(opened.enter_context(KeptServer(state_dir / FOLDER)))
            password = load_or_create_secret(state_dir / FOLDER / "site-password", PASSWORD_BYTES)
            site = owner.set(username=site_role.NAME, password=password)
        connection = opened.enter_context(_connected(owner))
        _ensure_alone(connection)
        _upgrade(connection)
        if address:
            grant_queue(connection)
        else:
            site_role.prepare_role(connection, password)
        engine = create_engine(
            site, pool_size=CONNECTIONS // 2, max_overflow=CONNECTIONS // 2,
            connect_args={"connect_timeout": CONNECT_SECONDS},
        )  # fmt: skip
        ping_idle_connections(engine)
        stay_alone(engine, connection)
        opened.callback(engine.dispose)
        yield engine


def ping_idle_connections(engine: Engine) -> None:
    """Let an engine ask a connection whether it still works, unless it has just been used.

    SQLAlchemy's own `pool_pre_ping` asks each time, and an open page would ask the database more about connections than
    about anything else.
    """

    def note(_: object, record: ConnectionPoolEntry) -> None:
        record.info[USED] = time.monotonic()

    def ping(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        if time.monotonic() - record.info.get(USED, -math.inf) < FRESH_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise DisconnectionError(str(error)) from None  # the pool then connects again

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ping)


def url_of(access: Access) -> URL:
    """Return how SQLAlchemy logs in."""
    query = {"host": access.socket_dir} if access.socket_dir else {}
    host = None if access.socket_dir else access.host
    return URL.create(DRIVER, access.user, access.password, host, access.port, access.database, query)


def parse_address(address: str) -> URL:
    """Return the URL of a database that someone has typed."""
    with contextlib.suppress(ArgumentError, ValueError):
        url = make_url(address)
        if url.get_backend_name() in ("postgresql", "postgres") and url.database:
            return url.set(drivername=DRIVER)
    raise UsageError("--database takes the URL of a PostgreSQL database: postgresql://USER:PASSWORD@HOST/DATABASE")


@contextlib.contextmanager
def _connected(owner: URL) -> Iterator[Connection]:
    """Return a connection of the tables' owner, which stays open as long as the database is used."""
    engine = create_engine(owner, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS, **KEEPALIVE})
    try:
        connection = engine.connect()
    except DBAPIError as error:
        reason = first_line(error.orig or error)
        raise CouldNotCheck(f"The classroom's database cannot be reached ({reason}).") from None
    with connection:
        yield connection


def _ensure_alone(connection: Connection) -> None:
    """Take a lock that the database keeps until the connection ends, or hold it once more."""
    try:
        is_alone = connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK})
    finally:
        connection.rollback()  # the lock stays; and a connection that has ended connects again when it is used next
    if not is_alone:
        raise UsageError("Another classroom is being served with this database: give each one its own database.")


def stay_alone(engine: Engine, connection: Connection) -> None:
    """Take the lock again whenever an engine connects: if the database has restarted, the lock is gone.

    Raises:
        UsageError: (when connecting) another classroom has taken the lock in the meantime.
    """
    one_at_a_time = threading.Lock()

    def take(new: Any, _: object) -> None:
        try:
            with one_at_a_time:
                try:
                    _ensure_alone(connection)
                except DBAPIError:
                    _ensure_alone(connection)
        except BaseException:
            new.close()  # nobody else does
            raise

    event.listen(engine, "connect", take)


def _upgrade(connection: Connection) -> None:
    """Bring the tables up to date, all steps or none."""
    try:
        command.upgrade(migrations(connection), "head")
    except CommandError as error:
        connection.rollback()
        raise UsageError(
            f"The classroom's database was written by a newer version of the kit ({error}). Serve it with that version."
        ) from None
    except DBAPIError as error:
        connection.rollback()
        raise UsageError(
            f"The tables of the classroom's database cannot be written ({first_line(error.orig or error)}). "
            "Make the user in the URL the owner of the database."
        ) from None
    connection.commit()


def migrations(connection: Connection | None) -> Config:
    """Return Alembic's configuration for the steps in `migrations`."""
    config = Config()
    config.set_main_option("script_location", "classroom.instructor.site:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
