"""The server of `classroom run`, started again at a save."""

import threading

import pytest
import uvicorn
from classroom.student import dev_server


class Hanging:
    """A server that ends only when it is killed."""

    def __init__(self):
        self.killed = threading.Event()
        self.kill = self.killed.set

    def terminate(self):
        """Do nothing: a request hangs."""

    def join(self):
        """Wait for the end."""
        assert self.killed.wait(30)

    def start(self):
        """Start nothing."""


@pytest.mark.parametrize("end", ["restart", "shutdown"])
def test_app_that_hangs_is_ended(monkeypatch, end):
    """A save and Ctrl-C end the server, also if a request never does."""
    monkeypatch.setattr(dev_server, "END_SECONDS", 0)
    monkeypatch.setattr("uvicorn.supervisors.basereload.get_subprocess", lambda **_: Hanging())
    reloader = dev_server.Reloader(uvicorn.Config("app.main:app", reload=True), target=print, sockets=[])
    reloader.process = first = Hanging()

    getattr(reloader, end)()

    assert first.killed.is_set()
