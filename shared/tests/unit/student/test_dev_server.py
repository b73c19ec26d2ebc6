"""The server of `classroom run`, started again at a save."""

import threading
from types import SimpleNamespace

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


@pytest.mark.parametrize(
    ("exit_code", "told", "ends"),
    [(-9, True, True), (-15, True, True), (1, True, False), (None, True, False), (-9, False, False)],
)
def test_reloader_ends_with_a_server_that_was_killed(monkeypatch, exit_code, told, ends):
    """If it is told to, the reloader ends once a signal has ended its server, but not for an error in the app."""
    reloader = dev_server.Reloader(uvicorn.Config("app.main:app", reload=True), target=print, sockets=[])
    monkeypatch.setattr("uvicorn.supervisors.watchfilesreload.next", lambda _: set(), raising=False)
    reloader.process = SimpleNamespace(exitcode=exit_code)
    reloader.ends_when_killed = told

    if ends:
        with pytest.raises(StopIteration):
            reloader.should_restart()
    else:
        assert reloader.should_restart() is None


@pytest.mark.parametrize("end", ["restart", "shutdown"])
def test_app_that_hangs_is_ended(monkeypatch, end):
    """A save and Ctrl-C end the server, also if a request never does."""
    monkeypatch.setattr(dev_server, "END_SECONDS", 0)
    monkeypatch.setattr("uvicorn.supervisors.basereload.get_subprocess", lambda **_: Hanging())
    reloader = dev_server.Reloader(uvicorn.Config("app.main:app", reload=True), target=print, sockets=[])
    reloader.process = first = Hanging()

    getattr(reloader, end)()

    assert first.killed.is_set()
