"""One server for all processes of an account: the first one starts it, a reaper stops it after the last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from classroom.core.errors import CouldNotCheck
from classroom.core.folders import make_folder, write_secret
from classroom.core.locks import Lock, owned
from classroom.services.postgres.access import Access
from classroom.services.postgres.servers.reaper import start_reaper

if TYPE_CHECKING:
    from pathlib import Path

USERS_SECONDS = 90  # a reaper may be stopping the server
START_SECONDS = 180  # another process may be making the data folder on a slow disk

Note = dict[str, Any]


class Engine(Protocol):
    """How a kind of server is started, probed and stopped."""

    folder: Path

    def start(self) -> Note:
        """Start the server and return what its users need to know."""

    def answers(self, note: Note) -> bool:
        """Return whether the server of this note responds."""

    def stopping(self) -> dict[str, Any]:
        """Return how the reaper stops it: a command, a folder to run it in, an account."""


class Shared:
    """One user's share in a server."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.folder = make_folder(engine.folder, 0o711)
        self._users: Lock | None = Lock(self.folder / "users.lock")
        try:
            self._users.share(USERS_SECONDS)
            self.note = self.running()
        except BaseException:
            self.close()
            raise

    def running(self) -> Note:
        """Return the note of the running server, which is started if there is none."""
        note = self._read()
        if note is None or not self.engine.answers(note):
            with owned(self.folder / "start.lock", START_SECONDS):
                note = self._read()
                if note is None or not self.engine.answers(note):
                    note = self._start()
        start_reaper(self.folder)
        self.note = note
        return note

    def close(self) -> None:
        """Give up the share; the reaper does the rest."""
        if self._users is not None:
            if (self.folder / "stop.json").exists():
                start_reaper(self.folder)
            self._users.close()
            self._users = None

    def _start(self) -> Note:
        # The reaper first: it also cleans up after a starter that is killed half-way.
        write_secret(self.folder / "stop.json", json.dumps(self.engine.stopping()))
        start_reaper(self.folder)
        note = self.engine.start()
        write_secret(self.folder / "server.json", json.dumps(note))
        return note

    def _read(self) -> Note | None:
        try:
            found: Note = json.loads((self.folder / "server.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        except OSError as error:
            raise CouldNotCheck(f"{self.folder / 'server.json'} cannot be read: {error.strerror}.") from error
        return found


class SharedServer:
    """Base of our own servers: a share in one that all processes use."""

    programs: Path | None = None
    places: tuple[Path, ...] = ()

    def __init__(self, engine: Engine) -> None:
        self._share = Shared(engine)

    @property
    def access(self) -> Access:
        """Return how to log in."""
        return Access.of_note(self._share.note)

    def revive(self) -> None:
        """Restart the server if it has stopped."""
        self._share.running()

    def close(self) -> None:
        """Give up the share in the server."""
        self._share.close()
