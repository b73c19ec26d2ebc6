"""How to log in to a server, and what a provisioner needs of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from classroom.services.postgres.roles import Login


ADMIN_ROLE = "classroom_keeper"  # as earlier versions named it, whose clusters are still in use


@dataclass(frozen=True)
class Access:
    """How to log in, and the address that a submission gets."""

    host: str
    port: int
    user: str
    password: str
    database: str
    socket_dir: str | None = None  # the folder of its Unix socket, where there is one
    options: dict[str, str] = field(default_factory=dict)  # of the URL that was given: sslmode and the like

    def to_note(self) -> dict[str, Any]:
        """Return the note for other processes, including the keys that kits of earlier weeks read."""
        note = dict(vars(self))
        note["door"] = note.pop("socket_dir")
        return note

    @classmethod
    def of_note(cls, note: Mapping[str, Any]) -> Access:
        """Read the access from a note."""
        fields = dict(note)
        socket_dir = fields.pop("door")
        return cls(**fields, socket_dir=socket_dir)

    def login(self, login: Login, database: str) -> Access:
        """Return how another role logs in to a database of this server."""
        return replace(self, user=login.role, password=login.password, database=database)

    def url(self, driver: str = "postgresql") -> str:
        """Return the connection URL; it always has a host and a port, because code that parses it expects both."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        user, password, database = (quote(part, safe="") for part in (self.user, self.password, self.database))
        options = f"?{urlencode(self.options)}" if self.options else ""
        return f"{driver}://{user}:{password}@{host}:{self.port}/{database}{options}"


class Server(Protocol):
    """A PostgreSQL server that runs as long as this object is open."""

    way: str
    programs: Path | None  # the folder with its psql, where it brings one
    places: tuple[Path, ...]  # where its data lies, as far as it is on a disk of ours

    @property
    def access(self) -> Access:
        """Return how to log in."""

    def trouble(self, error: Exception) -> str:
        """Return one sentence: the server does not respond, and what to do."""

    def revive(self) -> None:
        """Wait for a server that is recovering from a crash; restart one of ours that has stopped."""

    def close(self) -> None:
        """Give up the server."""
