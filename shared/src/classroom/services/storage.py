"""The storage server that comes with a week, in its own process, with a clock that a check can move."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from classroom.apps.app import App
from classroom.apps.client import Client
from classroom.apps.environment import Environment
from classroom.core.load import under_load
from classroom.core.scratch import ScratchDir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from classroom.apps.exchange import Answer, Exchange


# Of `run` alone, where nobody else can reach it.
LOCAL_SECRET = "for-this-machine-only-storage-secret"  # noqa: S105
LOCAL_AUTH_SECRET = "for-this-machine-only-auth-secret-32"  # noqa: S105 - the week's own default, for tokens
SECONDS = 10
STORAGE_PORT = 9000
IN_SANDBOX = "/tmp/files"  # noqa: S108 - the sandbox's own, in memory, with a size
LIMITS = {"FSIZE": 50_000_000, "NOFILE": 512, "AS": 4_000_000_000}
LIBRARIES = ("starlette.applications", "starlette.responses")  # what it needs, loaded ahead


class Storage:
    """The file server in a week's folder `storage/`.

    Args:
        week: the week's folder.
        launcher: the launcher of the course's own apps, never that of the submission.

    Attributes:
        secret: what its signatures are made with.
        ahead: how many seconds its clock is ahead of the real time.
    """

    def __init__(self, week: Path, launcher: Any) -> None:
        self.secret = secrets.token_hex(16)
        self.ahead = 0
        self.on_move: Callable[[], None] = lambda: None
        self.private = launcher.sandbox != "none"
        self._scratch = ScratchDir("storage")
        scratch = self._scratch.path
        self._clock, self._journal = scratch / "clock", scratch / "journal"
        self._files = scratch / "files"
        variables = {
            "STORAGE_SECRET": self.secret,
            "STORAGE_FOLDER": IN_SANDBOX if self.private else str(self._files),
        }
        logs = {"STORAGE_CLOCK_FILE": str(self._clock), "STORAGE_JOURNAL": str(self._journal)}
        # Alone in its folder: a sandbox shows all that lies next to it.
        shutil.copytree(
            week / "storage", scratch / "app" / "storage", ignore=shutil.ignore_patterns("tests", "__pycache__")
        )
        self._app = App(
            scratch / "app",
            launcher,
            environment=Environment(variables, logs=logs),
            module="storage.main",
            loopback=not self.private,
            limits=LIMITS if self.private else {},
            start_s=30,
        )
        self._app.start()
        self.client = StorageClient(self)

    @property
    def port(self) -> int:
        """Return the loopback port of its URLs; in a sandbox the port stands for its Unix socket."""
        return STORAGE_PORT if self.private else int(self._app.address[1])

    @property
    def socket_path(self) -> str:
        """Return the path of its Unix socket, if it runs in a sandbox."""
        return str(self._app.address)

    @property
    def url(self) -> str:
        """Return the base URL for the backend."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def public_url(self) -> str:
        """Return the base URL for clients: another name for the same address, so that a URL shows which one was meant."""
        return f"http://localhost:{self.port}"

    def advance(self, seconds: int) -> None:
        """Move its clock forward, or back."""
        self.ahead += seconds
        if seconds > 0:
            self.on_move()
        self._clock.write_text(str(self.ahead), encoding="ascii")

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Return the requests so far, in order: method, path and status of each."""
        if not self._journal.exists():
            return []
        return [json.loads(line) for line in self._journal.read_text(encoding="utf-8").splitlines()]

    def held(self) -> int:
        """Return the size of its files in bytes."""
        return sum(file.stat().st_size for file in self._files.rglob("*") if file.is_file())

    def close(self) -> None:
        """Stop it and remove its files."""
        self.client.connections.close()
        self._app.close()
        self._scratch.close()


class StorageClient(Client):
    """A client of the storage server that accepts whole URLs, as an app returns them."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(self)
        self.record: Callable[[Exchange], None] = lambda _: None
        self.storage = storage
        self.address = storage._app.address  # noqa: SLF001 - one thing in two classes

    @property
    def seconds(self) -> float:
        """Return the seconds for the next response."""
        return under_load(SECONDS)

    def note(self, exchange: Exchange) -> None:
        """Hand a request to `record`; it is not one of the submission's."""
        exchange.port, exchange.signed = STORAGE_PORT, self._is_signed(exchange)
        self.record(exchange)

    def _is_signed(self, exchange: Exchange) -> bool:
        key, _, query = exchange.path.partition("?")
        found = dict(parse_qsl(query))
        method = "GET" if exchange.method == "HEAD" else exchange.method
        text = f"{method}\n{key}\n{found.get('expires', '')}"
        right = hmac.new(self.storage.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return found.get("signature") == right

    def lost(self, exchange: Exchange) -> None:
        """Do nothing: the storage server is not restarted."""

    def request(self, method: str, path: str, **more: Any) -> Answer:
        """Send a request to the storage server; a URL that leads elsewhere is the app's failure."""
        from classroom.apps.exchange import Failure

        public = self.storage.public_url
        if isinstance(path, str) and path.startswith(self.storage.url + "/"):
            problem = "is only for the backend (STORAGE_URL): a client needs a URL at STORAGE_PUBLIC_URL"
            raise Failure(f"{path!r} {problem}, {public}.")
        if not isinstance(path, str) or not path.startswith(public + "/"):
            raise Failure(f"{path!r} does not lead to the storage at {public} (STORAGE_PUBLIC_URL).")
        return super().request(method, path.removeprefix(public), **more)
