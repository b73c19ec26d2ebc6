"""An instance with its own environment, which is sent SIGTERM: what a check sees, and what the student is told."""

import pytest
from classroom.core.assignment import Assignment
from classroom.core.result import Verdict
from classroom.student.workspace import last_result

APP = """
import os, signal
from contextlib import asynccontextmanager
from fastapi import FastAPI

COLOR = os.environ.get("COLOR", "blue")
if COLOR == "red":
    raise ValueError("not red")


@asynccontextmanager
async def lifespan(app):
    before = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, {"green": lambda *_: before(), "none": lambda *_: None}.get(COLOR, before))
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
def root():
    return {"color": COLOR}
"""
CHECKS = '''
from classroom import expect, task


@task(1)
def test_variable_is_set(client, container):
    """The instance has its own variable, and the app does not."""
    expect(container(COLOR="white").client.get("/")).ok({"color": "white"})
    expect(client.get("/")).ok({"color": "blue"})


@task(1)
def test_variable_is_removed(container, command):
    """A variable that would be passed on is removed."""
    expect(container(COLOR=None).client.get("/")).ok({"color": "blue"})
    expect.that(command.run("app.main", variables={"COLOR": "red"}).exit_code == 1, "It was imported.")


@task(1)
def test_end_in_order(container):
    """After SIGTERM, the instance ends."""
    instance = container()
    instance.terminate()
    instance.shuts_down(30)


@task(2)
def test_no_start(container):
    """The instance starts if the color is red."""
    container(COLOR="red")


@task(2)
def test_error_in_the_handler(container):
    """After SIGTERM, an instance whose color is green ends."""
    instance = container(COLOR="green")
    instance.terminate()
    instance.shuts_down(30)


@task(3)
def test_no_end(container):
    """After SIGTERM, an instance whose color is none ends."""
    instance = container(COLOR="none")
    instance.terminate()
    instance.shuts_down(0.3, "with COLOR=none")
'''


@pytest.fixture
def week_with_container(week):
    """The small week, whose app reads a variable."""
    (week / "app/main.py").write_text(APP, encoding="utf-8")
    for path in (week / "tests").glob("test_*.py"):
        path.unlink()
    (week / "tests/test_color.py").write_text(CHECKS, encoding="utf-8")
    return week


def test_environment_and_end(week_with_container, classroom, monkeypatch):
    """Variables are set and removed, an instance ends in order, and a failure says what is wrong, with the cause."""
    monkeypatch.setenv("COLOR", "blue")
    done = classroom("check", week_with_container)
    result = last_result(Assignment.load(week_with_container))
    assert result is not None, done.err
    checks = {check.name: check for task in result.tasks for check in task.checks}

    for name in ("variable_is_set", "variable_is_removed", "end_in_order"):
        assert checks[name].verdict is Verdict.PASS, checks[name].message
    for name, words in {
        "no_start": ("With COLOR=red, the app does not start.", "app/main.py, line 8", "not red"),
        "error_in_the_handler": ("app/main.py, line 14", "the app did not shut down"),
        "no_end": ("still running", "after SIGTERM, with COLOR=none."),
    }.items():
        found = checks[name]
        assert found.verdict is Verdict.FAIL
        assert all(word in f"{found.cause}\n{found.message}" for word in words), (found.cause, found.message)
