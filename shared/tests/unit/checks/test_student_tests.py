"""Tests that a submission contains are run on an app and reported; in the sandbox they learn nothing but its responses."""

import importlib.util
import textwrap
from types import SimpleNamespace

import pytest
from classroom.apps.environment import Environment
from classroom.apps.exchange import Failure
from classroom.apps.open import open_launcher
from classroom.apps.sandbox.bubblewrap import why_unavailable
from classroom.checks import student_tests
from classroom.checks.fixtures import build_app
from classroom.checks.student_tests import Outcome, StudentTests
from classroom.core.assignment import Limits
from classroom.core.errors import CouldNotCheck

RIGHT = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef read():\n    return {'secret': False}\n"
BROKEN = RIGHT.replace("False", "True")
HONEST = """
    import json, os, urllib.request

    def test_secret_is_false():
        with urllib.request.urlopen(os.environ["APP_URL"]) as response:
            assert json.load(response) == {"secret": False}
"""
# Fails if it finds the source of the broken app, the course's folder, or a process with either in its command line.
SEARCHING = """
    import os
    from pathlib import Path

    TOPS = ("/submission", "/given", "/rooms", "/logs", "/tmp", "/proc", "/dev/shm", os.getcwd())

    def texts():
        yield repr(dict(os.environ))
        for top in TOPS:
            for folder, _, names in os.walk(top):
                yield from (f"{folder}/{name}" for name in names)
                for name in names:
                    try:
                        yield Path(folder, name).read_bytes()[:100000].decode("utf-8", "replace")
                    except OSError:
                        pass

    def test_search():
        wanted = ("'secret': " + "True", "MARKED" + "-COURSE")
        assert not [text for text in texts() for word in wanted if word in text]
"""


@pytest.fixture(scope="module", params=["none", "bubblewrap"])
def launcher(request):
    """A launcher without a sandbox, and one with."""
    if request.param == "bubblewrap" and (trouble := why_unavailable()):
        pytest.skip(trouble)
    launcher = open_launcher(["fastapi", "pytest"], request.param)
    yield launcher
    launcher.close()


@pytest.fixture
def on(launcher, tmp_path):
    """A function that returns the outcome of a submission's tests on an app."""
    course, submission = tmp_path / "MARKED-COURSE", tmp_path / "submission"
    (course / "app").mkdir(parents=True)
    (course / "app/main.py").write_text(RIGHT)
    (submission / "my_tests").mkdir(parents=True)
    opened = []

    def run(code, app=RIGHT, path="my_tests/test_it.py"):
        (submission / "my_tests/test_it.py").write_text(textwrap.dedent(code))
        assignment = SimpleNamespace(folder=course, student_files=("my_tests",), limits=Limits())
        job = SimpleNamespace(folder=submission, limited=False)
        current = SimpleNamespace(
            assignment=assignment, job=job, launcher=launcher, used_up=False, seconds_left=lambda: 60, touched=False
        )
        opened.append(StudentTests(current, lambda kind, **more: build_app(kind, current, Environment(), **more)))
        return opened[-1].run(path, {"app/main.py": app})

    yield run
    for tests in opened:
        tests.close()


def test_package_that_is_missing_is_not_the_students_fault(on, tmp_path, monkeypatch):
    """If a package of the assignment's requirements is not installed, nothing is checked, and the message says what to type."""
    (tmp_path / "MARKED-COURSE").mkdir(exist_ok=True)
    (tmp_path / "MARKED-COURSE/requirements.txt").write_text("fastapi==0.1\nhttpx==0.28.1\n")
    found = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "httpx" else found(name))

    with pytest.raises(CouldNotCheck) as refused:
        on(HONEST)

    assert str(refused.value) == ("The package httpx is not installed. Type: python -m pip install -r requirements.txt")


def test_tests_pass_on_the_right_app_and_fail_on_a_broken_one(on):
    """The same tests pass on one app and fail on another, over HTTP."""
    assert on(HONEST).passed
    assert on(HONEST, BROKEN).failed


def test_searching_tests_find_neither_the_broken_app_nor_the_course(on, launcher):
    """In the sandbox, no file, variable or process tells the tests which app they run on."""
    if launcher.sandbox == "none":
        pytest.skip("without a sandbox, a student checks their own tests")

    outcome = on(SEARCHING, BROKEN)

    assert outcome.passed, outcome.output


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos._exit(1)",
        "import os\n\ndef test_end():\n    os._exit(1)",
        "import os, signal\n\ndef test_end():\n    os.kill(os.getpid(), signal.SIGKILL)",
        "def check_nothing():\n    pass",
        "def test_broken(:",
    ],
)
def test_run_that_does_not_finish_is_neither(on, code):
    """Tests that end their own process, or that pytest does not find or cannot read, have neither passed nor failed."""
    outcome = on(code)

    assert not outcome.passed
    assert not outcome.failed


def test_endless_tests_are_stopped(on, monkeypatch):
    """A test that runs forever is stopped at the time limit, and has neither passed nor failed."""
    monkeypatch.setattr(student_tests, "SECONDS", 0.3)

    outcome = on("def test_forever():\n    while True:\n        pass")

    assert outcome.exit_code is None
    assert "did not finish" in outcome.why()


def test_app_that_lacks_cpu_time_because_of_the_tests_is_their_failure(on, launcher, monkeypatch):
    """The course's app has the same CPU time as the tests, which must not buy "could not check" by using it up."""
    if launcher.sandbox == "none":
        pytest.skip("without a sandbox, a student checks their own tests")
    monkeypatch.setattr(launcher.spent, "seconds", 10**9)

    with pytest.raises(Failure, match="used all the CPU time"):
        on(HONEST)


def test_missing_file_is_named(on):
    """A submission without the file learns which file is missing."""
    with pytest.raises(Failure, match=r"no file my_tests/test_other\.py"):
        on(HONEST, path="my_tests/test_other.py")


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (
            "____ test_a ____\nmy_tests/test_it.py:3: in test_a\n    assert 1 == 2\nE   assert 1 == 2",
            "AssertionError: assert",
        ),
        ("____ test_a ____\nmy_tests/test_it.py:3: in test_a\n    x\nE   NameError: name 'x'", "\nNameError: name 'x'"),
        (
            "____ test_a ____\nfile /s/test_it.py, line 3\n  def test_a(x):\nE       fixture 'x' not found",
            "fixture 'x' not",
        ),
        ("____ ERROR collecting test_it.py ____\nIn test_a: function uses no argument", "test_it.py fails: In test_a"),
        ("INTERNALERROR> what is this", "what is this"),
        ("____ test_a ____", "test_a fails"),
    ],
)
def test_first_error_is_explained(printed, said):
    """The reason has the first error that pytest printed, whatever its form."""
    assert said in Outcome(1, printed).why()
