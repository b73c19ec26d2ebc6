"""The storage that a week brings along, as a process of the course's own, with a clock that a check can move."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from classroom.apps.app import App
from classroom.apps.client import Client
from classroom.apps.environment import Environment
from classroom.core.load import under_load
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from pathlib import Path

    from classroom.apps.exchange import Answer, Exchange


# Of `run` alone, where nobody else can reach it.
LOCAL_SECRET = "for-this-machine-only-storage-secret"  # noqa: S105
SECONDS = 10
LIBRARIES = ("starlette.applications", "starlette.responses")  # what it needs, loaded ahead


class Storage:
    """The file server in a week's folder `storage/`.

    Args:
        week: the week's folder.
        launcher: what starts the course's own apps: never that of the submission.

    Attributes:
        secret: what its signatures are made with.
        ahead: how many seconds its clock is ahead of the real time.
    """

    def __init__(self, week: Path, launcher: Any) -> None:
        self.secret = secrets.token_hex(16)
        self.ahead = 0
        self._room = ScratchDir("storage")
        room = self._room.path
        self._clock, self._journal = room / "clock", room / "journal"
        variables = {
            "STORAGE_SECRET": self.secret,
            "STORAGE_FOLDER": str(room / "files"),
            "STORAGE_CLOCK_FILE": str(self._clock),
            "STORAGE_JOURNAL": str(self._journal),
        }
        environment = Environment(variables)
        self._app = App(week, launcher, environment=environment, module="storage.main", loopback=True, start_s=30)
        self._app.start()
        self.client = StorageClient(self)

    @property
    def url(self) -> str:
        """Where the backend finds it."""
        return f"http://127.0.0.1:{self._app.address[1]}"

    @property
    def public_url(self) -> str:
        """Where everybody else finds it: another name for the same address, so that a URL shows which one was meant."""
        return f"http://localhost:{self._app.address[1]}"

    def advance(self, seconds: int) -> None:
        """Move its clock on, or back."""
        self.ahead += seconds
        self._clock.write_text(str(self.ahead), encoding="ascii")

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What it has been asked so far: method, path and status of each request, in order."""
        if not self._journal.exists():
            return []
        return [json.loads(line) for line in self._journal.read_text(encoding="utf-8").splitlines()]

    def held(self) -> int:
        """How many bytes its files hold."""
        files = (self._room.path / "files").rglob("*")
        return sum(file.stat().st_size for file in files if file.is_file())

    def close(self) -> None:
        """End it, and remove its files."""
        self.client.connections.close()
        self._app.close()
        self._room.close()


class StorageClient(Client):
    """A client of the storage that takes whole URLs, as an app hands them out."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(self)
        self.storage = storage
        self.address = storage._app.address  # noqa: SLF001 - one thing in two classes

    @property
    def seconds(self) -> float:
        """Seconds for the next answer."""
        return under_load(SECONDS)

    def note(self, exchange: Exchange) -> None:
        """Nothing is remembered of the course's own requests."""

    def lost(self, exchange: Exchange) -> None:
        """Nothing is started anew."""

    def request(self, method: str, path: str, **more: Any) -> Answer:
        """Ask the storage; a URL that leads elsewhere is a failure of whoever made it."""
        from classroom.apps.exchange import Failure

        public = self.storage.public_url
        if isinstance(path, str) and path.startswith(self.storage.url + "/"):
            told = "is for the backend alone (STORAGE_URL): a client needs a URL at STORAGE_PUBLIC_URL"
            raise Failure(f"{path!r} {told}, {public}.")
        if not isinstance(path, str) or not path.startswith(public + "/"):
            raise Failure(f"{path!r} does not lead to the storage at {public} (STORAGE_PUBLIC_URL).")
        return super().request(method, path.removeprefix(public), **more)
