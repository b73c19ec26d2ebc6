"""Limits grow with the load of the machine, so that a busy machine costs no points."""

import os

import pytest
from classroom.apps.app import App
from classroom.apps.client import Client
from classroom.apps.open import open_launcher
from classroom.checks.app_under_test import AppUnderTest
from classroom.checks.run import Job, Run
from classroom.core import assignment, load
from classroom.core.load import MAX_SLOWDOWN, LoadLimits, slowdown, under_load

SLOW = """
import time
from fastapi import FastAPI

app = FastAPI()
time.sleep(1.5)


@app.get("/")
def slow():
    time.sleep(1.5)
    return {}
"""


@pytest.fixture
def busy(monkeypatch):
    """Return a function that sets the load of the machine."""

    def be(times):
        monkeypatch.setattr(load, "slowdown", lambda: times)

    return be


@pytest.mark.skipif(not hasattr(os, "getloadavg"), reason="this system does not say how busy it is")
@pytest.mark.parametrize(("programs", "times"), [(4, 1), (7, 1), (8, 2), (12, 3), (400, MAX_SLOWDOWN)])
def test_slowdown_follows_the_load(monkeypatch, programs, times):
    """Twice the usual number of programs gives a slowdown of two, and no load exceeds the maximum."""
    monkeypatch.setattr(load, "FRESH_SECONDS", 1e-9)
    monkeypatch.setattr(load.os, "getloadavg", lambda: (programs * 1000, 0, 0))
    monkeypatch.setattr(load.os, "cpu_count", lambda: 2000)

    assert slowdown() == times
    assert under_load(5) == 5 * times


@pytest.mark.skipif(not hasattr(os, "getloadavg"), reason="this system does not say how busy it is")
def test_load_is_measured_once_in_a_moment(monkeypatch):
    """Requests that follow each other closely share one look at the load of the machine."""
    looks = []
    monkeypatch.setattr(load, "FRESH_SECONDS", 1e9)
    monkeypatch.setattr(load.os, "getloadavg", lambda: looks.append(1) or (0, 0, 0))

    assert [slowdown() for _ in range(5)] == [slowdown()] * 5
    assert len(looks) == 1


def test_limit_of_a_run_does_not_shrink(busy):
    """A limit that was extended on a busy machine does not shrink when the load drops."""
    patience = LoadLimits()
    busy(3)
    first = patience.of(10)
    busy(1)

    assert (first, patience.of(10)) == (30, 30)


def test_app_on_a_busy_machine_has_longer(tmp_path, busy):
    """An app that is slow because the machine is busy starts, and its response counts."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text(SLOW)
    launcher = open_launcher([])
    app = App(tmp_path, launcher, start_s=0.5, seconds=0.5)
    busy(200)
    try:
        app.start()
        status = Client(running(app)).get("/").status
    finally:
        app.close()
        launcher.close()

    assert status == 200


def running(app):
    """Return the app in a run of the small week."""
    week = assignment.Assignment(app.folder, "week", "Week", 1, (assignment.Task(1, "It", 100),))
    run = Run(week, app.launcher, None)
    run.begin(Job(app.folder))
    return AppUnderTest(run, app, {})
