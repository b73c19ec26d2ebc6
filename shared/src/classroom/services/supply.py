"""What an assignment names under `services`, opened once and closed together."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classroom.errors import CouldNotCheck

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from classroom.errors import DiskFull

# For each role of a system: two instances and some workers, and what is left of one that was killed a moment ago.
CONNECTIONS = 60


@dataclass
class Backing:
    """Everything that one system stands on: two roles of one database, a cache, a storage, a secret."""

    database: Any
    reader: Any
    cache: Any
    storage: Any
    auth_secret: str
    transcode_log: str

    def environment(self, scheme: str) -> dict[str, str]:
        """What an app gets to see of it.

        Args:
            scheme: of the database URLs, such as `postgresql+psycopg2`.
        """
        return {
            **self.database.environment(scheme),
            "DATABASE_REPLICA_URL": self.reader.url_for(scheme),
            "CACHE_URL": self.cache.url,
            "STORAGE_URL": self.storage.url,
            "STORAGE_PUBLIC_URL": self.storage.public_url,
            "STORAGE_SECRET": self.storage.secret,
            "AUTH_SECRET": self.auth_secret,
            "TRANSCODE_LOG": self.transcode_log,
            "TRANSCODE_SECONDS": "0.3",  # long enough to be killed in
        }


class Services:
    """The services of one run; none is opened before it is asked for, or announced by `open_ahead`.

    Args:
        names: of the services, such as `postgres`.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._keeper: Any = None
        self._error: BaseException | None = None
        self._opening: threading.Thread | None = None

    def open_ahead(self) -> None:
        """Begin to open the services while the caller goes on."""
        if "postgres" in self.names and self._opening is None:
            self._opening = threading.Thread(target=self._open, daemon=True)
            self._opening.start()

    def _open(self) -> None:
        from classroom.services.postgres import open_postgres

        try:
            self._keeper = open_postgres()
        except BaseException as error:  # noqa: BLE001 - raised again where the service is asked for
            self._error = error

    @property
    def keeper(self) -> Any:
        """The keeper of the PostgreSQL server.

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
        return self._keeper

    def epoch(self) -> str:
        """A text that changes when the database server was started anew; empty where there is none."""
        return str(self.keeper.admin.epoch()) if "postgres" in self.names else ""

    def database(self) -> Any:
        """A new database with a role of its own."""
        return self.keeper.database()

    def system_database(self) -> Any:
        """A new database with room for a whole system."""
        return self.keeper.database(connections=CONNECTIONS)

    def places(self) -> list[Path]:
        """The folders of ours in which the databases lie; none where no database was asked for."""
        return list(self._keeper.places()) if self._keeper is not None else []

    def full(self, error: BaseException) -> DiskFull | None:
        """Why a database could not be asked where its server has no room left; else None."""
        if self._keeper is None:
            return None
        from classroom.services.database import DatabaseError

        found: DiskFull | None = self._keeper.full(error) if isinstance(error, DatabaseError) else None
        return found

    def held(self) -> int:
        """How many bytes the databases hold that a submission uses."""
        return int(self._keeper.held()) if self._keeper is not None else 0

    def backing(self, database: Any, cache: Any, storage: Any, log: Path) -> Backing:
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
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None
