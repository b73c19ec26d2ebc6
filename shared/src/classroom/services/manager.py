"""The services that an assignment names, opened once and closed together."""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classroom.apps.environment import Environment
from classroom.core.errors import CouldNotCheck

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.core.errors import DiskFull
    from classroom.services.cache import Cache
    from classroom.services.postgres.database import Database
    from classroom.services.postgres.provisioner import Provisioner
    from classroom.services.private import PrivateServices
    from classroom.services.storage import Storage

# For each role of a system: two instances and some workers, and what is left of one that was killed a moment ago.
CONNECTIONS = 60


def own_services(names: Sequence[str], sandbox: str) -> tuple[str, ...]:
    """Return which of these services each submission gets for itself: all in a sandbox, except what is given for all."""
    if sandbox == "none":
        return ()
    shared = {"postgres": _shared_by() is not None, "cache": bool(os.environ.get("CACHE_URL"))}
    return tuple(name for name in names if not shared.get(name))


def has_own_database(names: Sequence[str], sandbox: str) -> bool:
    """Return whether each submission gets its own database server."""
    return "postgres" in own_services(names, sandbox)


def what_is_shared(names: Sequence[str], sandbox: str) -> str | None:
    """Return one sentence if submissions share a service although each is graded in a sandbox, else None."""
    variable = _shared_by() if "postgres" in names else None
    if variable is None and "cache" in names and os.environ.get("CACHE_URL"):
        variable = "CACHE_URL"
    if sandbox == "none" or variable is None:
        return None
    return (
        f"Submissions share the server at {variable}, where they can see and block each other and slow each other down: "
        f"unset {variable} to give each submission a server of its own."
    )


def _shared_by() -> str | None:
    """Return the variable that names one PostgreSQL server for all, or None."""
    if os.environ.get("DATABASE_URL"):
        return "DATABASE_URL"
    return "POSTGRES" if os.environ.get("POSTGRES", "embedded") != "embedded" else None


@dataclass
class Backing:
    """The backing services of one system: two roles of one database, a cache, a storage, a secret."""

    database: Database
    reader: Database
    cache: Cache
    storage: Storage
    auth_secret: str
    transcode_log: str

    def environment(self, scheme: str) -> Environment:
        """Return the app's environment variables.

        Args:
            scheme: of the database URLs, such as `postgresql+psycopg2`.
        """
        database = self.database.environment(scheme)
        return Environment(
            plain={
                **database.plain,
                "STORAGE_SECRET": self.storage.secret,
                "AUTH_SECRET": self.auth_secret,
                "TRANSCODE_SECONDS": "0.3",  # long enough to be killed in
            },
            services={
                **database.services,
                "DATABASE_REPLICA_URL": self.reader.url_for(scheme),
                "CACHE_URL": self.cache.url,
                "STORAGE_URL": self.storage.url,
                "STORAGE_PUBLIC_URL": self.storage.public_url,
            },
            logs={"TRANSCODE_LOG": self.transcode_log},
        )


class Services:
    """The services of one run; each is opened when it is first needed, or ahead by `open_ahead`.

    Args:
        names: of the services, such as `postgres`.
        private: the services of one submission, in their own sandbox; those that it lacks are the shared ones.
    """

    def __init__(self, names: Sequence[str], private: PrivateServices | None = None) -> None:
        self.names = tuple(names)
        self.private = private
        self._provisioner: Provisioner | None = None
        self._error: BaseException | None = None
        self._opening: threading.Thread | None = None

    def open_ahead(self) -> None:
        """Start opening the services in the background."""
        if "postgres" in self.names and self._opening is None:
            self._opening = threading.Thread(target=self._open, daemon=True)
            self._opening.start()

    def _open(self) -> None:
        from classroom.services.postgres.open import open_postgres
        from classroom.services.postgres.provisioner import Provisioner

        try:
            if self.private is not None and self.private.postgres is not None:
                self.private.begin()
                self._provisioner = Provisioner(self.private.postgres)
            else:
                self._provisioner = open_postgres()
        except AssertionError as error:  # a private server that does not start: nothing of the submission has run yet
            self._error = CouldNotCheck(str(error))
        except BaseException as error:  # noqa: BLE001 - raised again where the service is asked for
            self._error = error

    @property
    def provisioner(self) -> Provisioner:
        """Return the provisioner of the PostgreSQL server.

        Raises:
            CouldNotCheck: there is no server.
        """
        if "postgres" not in self.names:
            raise CouldNotCheck("A check asks for a database, but assignment.toml does not list the postgres service.")
        self.open_ahead()
        assert self._opening is not None
        self._opening.join()
        if self._error is not None:
            error, self._error, self._opening = self._error, None, None  # the next question tries again
            raise error
        assert self._provisioner is not None
        return self._provisioner

    def epoch(self) -> str:
        """Return a string that changes when a server that others also use has been restarted; or an empty one."""
        return str(self.provisioner.admin.epoch()) if "postgres" in self.names and not self._owns_database else ""

    @property
    def _owns_database(self) -> bool:
        return self.private is not None and self.private.postgres is not None

    def cache(self) -> Cache:
        """Return a cache, not yet started."""
        from classroom.services.cache import Cache

        if self.private is None or (own := self.private.cache()) is None:
            return Cache()
        if not self._owns_database:
            self.private.begin()
        return own

    def database(self) -> Database:
        """Return a new database with its own role."""
        return self.provisioner.database()

    def system_database(self) -> Database:
        """Return a new database that accepts the connections of a whole system."""
        return self.provisioner.database(connections=CONNECTIONS)

    def places(self) -> list[Path]:
        """Return the folders that hold the databases, if any was asked for and they are on this machine."""
        return list(self._provisioner.places()) if self._provisioner is not None else []

    def full(self, error: BaseException) -> DiskFull | None:
        """Return why a database could not be asked, if its server's disk is full, or None."""
        if self._provisioner is None or self._owns_database:  # what is full there, the submission has filled
            return None
        from classroom.services.postgres.errors import DatabaseError

        found: DiskFull | None = self._provisioner.full(error) if isinstance(error, DatabaseError) else None
        return found

    def held(self) -> int:
        """Return the size in bytes of the databases that a submission uses."""
        return int(self._provisioner.held()) if self._provisioner is not None else 0

    def backing(self, database: Database, cache: Cache, storage: Storage, log: Path) -> Backing:
        """Return the backing services of a system.

        Args:
            database: an empty one.
            cache: a running cache.
            storage: a running storage.
            log: the file that the app writes its transcodes to.
        """
        return Backing(database, database.reader(), cache, storage, secrets.token_hex(24), str(log))

    def close(self) -> None:
        """Close what was opened."""
        if self._opening is not None:
            self._opening.join()
        if self._provisioner is not None:
            self._provisioner.close()
            self._provisioner = None
