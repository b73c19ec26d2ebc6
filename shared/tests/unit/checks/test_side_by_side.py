"""Several apps of one submission: what checks can do with them, and how their README is tried."""

import pytest
from classroom.core.assignment import Assignment
from classroom.core.result import Verdict
from classroom.instructor.proof import readme_examples
from classroom.student.workspace import last_result

APP = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def root():
    return {"name": "%s"}
"""
CHECKS = '''
import pytest
from classroom import NoAnswer, expect, task


@task(1)
def test_each_app_has_its_own_client(apps):
    """Each app returns its own name."""
    for name, app in apps.items():
        expect(app.client.get("/")).ok({"name": name})


@task(2)
def test_one_outlives_the_other(apps):
    """An app goes on while the other one is away, which returns when it is started."""
    apps["bank"].kill()
    expect(apps["shop"].client.get("/")).ok()
    with pytest.raises(NoAnswer):
        apps["bank"].client.get("/")
    apps["bank"].start()
    expect(apps["bank"].client.get("/")).ok()


@task(3)
def test_request_names_its_port(apps):
    """A check of the second app shows its port."""
    expect(apps["bank"].client.get("/")).ok({"name": "shop"})
'''
README = """
```console
$ curl http://127.0.0.1:8000/
{"name":"shop"}
$ curl http://127.0.0.1:8001/
{"name":"%s"}
```
"""


@pytest.fixture
def two(week):
    """The small week with two apps."""
    text = (week / "assignment.toml").read_text(encoding="utf-8")
    apps = '[apps]\nshop = "app.shop"\nbank = "app.bank.main"\n\n[[tasks]]'
    (week / "assignment.toml").write_text(text.replace("[[tasks]]", apps, 1), encoding="utf-8")
    for path, name in (("shop.py", "shop"), ("bank/main.py", "bank")):
        for top in (week / "app", week / "grading" / "solution" / "app"):
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_text(APP % name, encoding="utf-8")
    for path in (week / "tests").glob("test_*.py"):
        path.unlink()
    (week / "tests" / "test_apps.py").write_text(CHECKS, encoding="utf-8")
    return week


def test_checks_use_each_app_alone(two, classroom):
    """Checks send requests to each app, kill one and start it again; a card shows the port of the app it is about."""
    done = classroom("check", two)

    result = last_result(Assignment.load(two))
    assert result is not None, done.err
    first, second, third = (task.checks[0] for task in result.tasks)
    assert (first.verdict, second.verdict, third.verdict) == (Verdict.PASS, Verdict.PASS, Verdict.FAIL)
    assert third.request == "curl -i http://127.0.0.1:8001/"


LEFT = '''
import pytest
from classroom import NoAnswer, expect, task


@task(1)
def test_one_is_killed(apps):
    """One of the apps is killed."""
    apps["bank"].kill()


@task(2)
def test_it_stays_away(apps_as_left):
    """The app that was killed is still away."""
    expect(apps_as_left["shop"].client.get("/")).ok()
    with pytest.raises(NoAnswer):
        apps_as_left["bank"].client.get("/")


@task(3)
def test_it_is_started(apps):
    """The app is running again, and has printed only what belongs to this start."""
    expect(apps["bank"].client.get("/")).ok()
    expect.that(apps["bank"].printed().count("started") == 1, "It has printed something else.")
'''


def test_app_that_was_killed_stays_away(two, classroom):
    """`apps_as_left` starts no app, and `apps` starts them all."""
    (two / "tests" / "test_apps.py").write_text(LEFT, encoding="utf-8")
    for top in (two / "app", two / "grading" / "solution" / "app"):
        with (top / "bank/main.py").open("a", encoding="utf-8") as file:
            file.write("\nprint('started')\n")

    classroom("check", two)

    result = last_result(Assignment.load(two))
    assert [task.checks[0].verdict for task in result.tasks] == [Verdict.PASS] * 3


def test_readme_is_tried_with_each_app(two):
    """A request of the README goes to the app at its port, and a GET is repeated until it is as shown."""
    (two / "README.md").write_text(README % "bank", encoding="utf-8")
    assert readme_examples.problems(Assignment.load(two)) == []


def test_readme_that_shows_something_else_is_reported(two, monkeypatch):
    """A response that stays different is reported with its line."""
    monkeypatch.setattr(readme_examples, "SETTLE_SECONDS", 0)
    (two / "README.md").write_text(README % "shop", encoding="utf-8")

    (problem,) = readme_examples.problems(Assignment.load(two))

    assert 'line 5: the response is {"name":"bank"}' in problem
