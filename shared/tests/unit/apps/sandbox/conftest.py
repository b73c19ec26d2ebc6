"""Apps in a sandbox, in both ways of building it: nested, and one bubblewrap for each app."""

import textwrap

import pytest
from classroom.apps.app import App
from classroom.apps.client import Client
from classroom.apps.sandbox.bubblewrap import why_unavailable
from classroom.apps.sandbox.launcher import SandboxLauncher


@pytest.fixture(params=["nested", "alone"])
def way(request, monkeypatch):
    """Choose how the sandbox is built."""
    if trouble := why_unavailable():
        pytest.skip(trouble)
    monkeypatch.setenv("CLASSROOM_NESTED", "1" if request.param == "nested" else "0")
    return request.param


@pytest.fixture
def launcher(way, tmp_path, monkeypatch):
    """A launcher whose temporary files are all in one folder."""
    import tempfile

    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    launcher = SandboxLauncher(["fastapi"])
    launcher.reset()
    assert launcher.nested == (way == "nested")
    yield launcher
    launcher.close()


@pytest.fixture
def start(launcher, tmp_path):
    """A function that starts an app with these lines below `app = FastAPI()`, and returns the app and a client."""
    apps = []

    def run(code, kind=App, **more):
        folder = tmp_path / f"submission{len(apps)}"
        (folder / "app").mkdir(parents=True, exist_ok=True)
        (folder / "app/main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n" + textwrap.dedent(code))
        app = kind(folder, launcher, **more)
        apps.append(app)
        app.start()
        return app, Client(app)

    yield run
    for app in apps:
        app.close()
