"""What an assignment names under `services`, opened once and closed together."""

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


def are_private(names: Sequence[str], sandbox: str) -> bool:
    """Tell whether each submission gets services of its own: in a sandbox, unless a server is given or asked for."""
    shared = os.environ.get("DATABASE_URL") or os.environ.get("POSTGRES", "embedded") != "embedded"
    return sandbox != "none" and "postgres" in names and not shared


@dataclass
class Backing:
    """Everything that one system stands on: two roles of one database, a cache, a storage, a secret."""

    database: Database
    reader: Database
    cache: Cache
    storage: Storage
    auth_secret: str
    transcode_log: str

    def environment(self, scheme: str) -> Environment:
        """What an app gets to see of it.

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
    """The services of one run; none is opened before it is asked for, or announced by `open_ahead`.

    Args:
        names: of the services, such as `postgres`.
        private: those of one submission, in a sandbox of their own, in the place of what all share.
    """

    def __init__(self, names: Sequence[str], private: PrivateServices | None = None) -> None:
        self.names = tuple(names)
        self.private = private
        self._provisioner: Provisioner | None = None
        self._error: BaseException | None = None
        self._opening: threading.Thread | None = None

    def open_ahead(self) -> None:
        """Begin to open the services while the caller goes on."""
        if "postgres" in self.names and self._opening is None:
            self._opening = threading.Thread(target=self._open, daemon=True)
            self._opening.start()

    def _open(self) -> None:
        from classroom.services.postgres.open import open_postgres
        from classroom.services.postgres.provisioner import Provisioner

        try:
            if self.private is not None:
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
        """The provisioner of the PostgreSQL server.

        Raises:
            CouldNotCheck: it cannot be had.
        """
        if "postgres" not in self.names:
            raise CouldNotCheck("A check asks for a database, and assignment.toml names no service postgres.")
        self.open_ahead()
        assert self._opening is not None
        self._opening.join()
        if self._error is not None:
            error, self._error, self._opening = self._error, None, None  # the next question tries again
            raise error
        assert self._provisioner is not None
        return self._provisioner

    def epoch(self) -> str:
        """Return a text that changes when a server that others use, too, has been restarted; else an empty one."""
        return str(self.provisioner.admin.epoch()) if "postgres" in self.names and self.private is None else ""

    def cache(self) -> Cache:
        """Return a cache, not yet started."""
        from classroom.services.cache import Cache

        own = self.private.cache() if self.private is not None else None
        return own or Cache()

    def database(self) -> Database:
        """A new database with a role of its own."""
        return self.provisioner.database()

    def system_database(self) -> Database:
        """A new database with room for a whole system."""
        return self.provisioner.database(connections=CONNECTIONS)

    def places(self) -> list[Path]:
        """The folders of ours in which the databases lie; none where no database was asked for."""
        return list(self._provisioner.places()) if self._provisioner is not None else []

    def full(self, error: BaseException) -> DiskFull | None:
        """Why a database could not be asked where its server has no room left; else None."""
        if self._provisioner is None or self.private is not None:  # what is full there, the submission has filled
            return None
        from classroom.services.postgres.errors import DatabaseError

        found: DiskFull | None = self._provisioner.full(error) if isinstance(error, DatabaseError) else None
        return found

    def held(self) -> int:
        """How many bytes the databases hold that a submission uses."""
        return int(self._provisioner.held()) if self._provisioner is not None else 0

    def backing(self, database: Database, cache: Cache, storage: Storage, log: Path) -> Backing:
        """Both roles of a database, beside this cache and this storage.

        Args:
            database: an empty one.
            cache: a running cache.
            storage: a running storage.
            log: the file in which the app may keep what it has transcoded.
        """
        return Backing(database, database.reader(), cache, storage, secrets.token_hex(24), str(log))

    def close(self) -> None:
        """Close what was opened."""
        if self._opening is not None:
            self._opening.join()
        if self._provisioner is not None:
            self._provisioner.close()
            self._provisioner = None
