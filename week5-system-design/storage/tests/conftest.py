"""A storage that really runs: a server on a free port, a folder of its own, a clock in hand."""

import hashlib
import hmac
import shutil
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import uvicorn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from storage.server import Settings, create_app

SECRET = "a secret for these tests alone"
MAX_BYTES = 1_000_000
http = httpx.Client()  # one for all tests: making one takes longer than most of them


@dataclass
class Storage:
    url: str
    port: int
    folder: Path
    ahead: float = 0.0
    journal: list = field(default_factory=list)

    def now(self):
        return time.time() + self.ahead

    def sign(self, method, key, expires=None):
        expires = int(self.now()) + 300 if expires is None else expires
        text = f"{method}\n/{key}\n{expires}".encode()
        return f"expires={expires}&signature={hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()}"

    def put(self, key, content, query=None, **more):
        return http.put(f"{self.url}/{key}?{query or self.sign('PUT', key)}", content=content, **more)

    def get(self, key, query=None, **more):
        return http.get(f"{self.url}/{key}?{query or self.sign('GET', key)}", **more)

    def files(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A storage on its own port, for all tests of a run."""
    found = Storage(url="", port=0, folder=tmp_path_factory.mktemp("storage") / "files")
    app = create_app(Settings(SECRET, found.folder, MAX_BYTES), clock=found.now, journal=found.journal.append)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    found.port = server.servers[0].sockets[0].getsockname()[1]
    found.url = f"http://127.0.0.1:{found.port}"
    yield found
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def storage(server):
    """The storage server, empty and with the right time."""
    server.ahead = 0.0
    server.journal.clear()
    for path in server.folder.iterdir():
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.name != ".incoming":
            shutil.rmtree(path)
    return server
