"""What a provisioner needs of a server, whichever way it is run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.services.postgres.roles import Login


@dataclass(frozen=True)
class Access:
    """How the provisioner itself gets in, and the address that a submission is given."""

    host: str
    port: int
    user: str
    password: str
    database: str
    door: str | None = None  # the folder of its Unix socket, where there is one
    options: dict[str, str] = field(default_factory=dict)  # of the URL that was given: sslmode and the like

    def login(self, login: Login, database: str) -> Access:
        """Return how another role gets into a database of this server."""
        return replace(self, user=login.role, password=login.password, database=database)

    def url(self, driver: str = "postgresql") -> str:
        """Return the address with a host and a port, which code that takes it apart expects."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        user, password, database = (quote(part, safe="") for part in (self.user, self.password, self.database))
        options = f"?{urlencode(self.options)}" if self.options else ""
        return f"{driver}://{user}:{password}@{host}:{self.port}/{database}{options}"


class Server(Protocol):
    """A PostgreSQL that stays up as long as this object is open."""

    way: str
    programs: Path | None  # the folder with its psql, where it brings one
    places: tuple[Path, ...]  # where its data lies, as far as it is on a disk of ours

    @property
    def access(self) -> Access:
        """Return how to get in."""

    def trouble(self, error: Exception) -> str:
        """Say in one sentence that it does not answer, and what to do."""

    def revive(self) -> None:
        """Wait for a server that mends itself after a crash; start one that is ours and gone again."""

    def close(self) -> None:
        """Give the server up."""
