"""Several apps that `run` starts side by side."""

from types import SimpleNamespace

import pytest
from classroom.checks.concurrency import wait_until
from classroom.student import several_apps
from classroom.student.several_apps import SeveralApps

STAND_IN = "import os, sys, time; print(*sys.argv[1:5], os.environ['DATABASE_URL'], flush=True); time.sleep(60)"


@pytest.fixture
def apps(tmp_path, monkeypatch):
    """Two apps that print how they were started, and then sleep."""
    monkeypatch.setattr(several_apps, "SERVER", ("-c", STAND_IN))
    monkeypatch.setattr(several_apps, "AWAY_SECONDS", 0)
    week = SimpleNamespace(apps={"shop": "app.shop", "bank": "app.bank"}, services=(), student_files=("app",))
    lines = []
    databases = {name: {"DATABASE_URL": f"of the {name}"} for name in week.apps}
    apps = SeveralApps(week, tmp_path, 8010, databases, lambda *line: lines.append(line))
    apps.lines = lines
    return apps


def test_each_app_has_its_port_and_its_database(apps):
    """The apps are started on adjacent ports, each with its own database."""
    with apps:
        assert wait_until(lambda: len(apps.lines) == 2, seconds=30)

    assert sorted(apps.lines) == [
        ("bank", "--app app.bank:app --port 8011 of the bank"),
        ("shop", "--app app.shop:app --port 8010 of the shop"),
    ]
    assert all(part.process.poll() is not None for part in apps.parts.values())


def test_app_that_was_killed_is_started_again(apps):
    """An app that has ended is named, and started again after a while, while the other one goes on."""
    said = []
    with apps:
        first = {name: part.process for name, part in apps.parts.items()}
        first["bank"].kill()
        first["bank"].wait()

        apps.look(said.append)
        apps.look(said.append)

        assert said[0].startswith("bank has stopped.")
        assert said[1].startswith("bank has been restarted: process ")
        assert apps.parts["bank"].process.poll() is None
        assert apps.parts["shop"].process is first["shop"]
