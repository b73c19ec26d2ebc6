"""The Makefile of a week that is handed out without the course, and its extra exercises."""

import os
import subprocess

import pytest
from classroom.core.assignment import Assignment
from classroom.instructor.handout.publish import makefile

RECORDER = '#!/bin/sh\necho "$CLASSROOM_MAKE" "$(basename "$PWD")" "$@"\n'


@pytest.fixture
def make(week, extra):
    """A function that runs make in a week with an extra, with all services, and an environment that shows how its Python is called."""
    about = week / "assignment.toml"
    about.write_text(
        'name = "week1-tiny"\nservices = ["postgres", "storage"]\n' + about.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    (week / "Makefile").write_text(makefile(Assignment.load(week)), encoding="utf-8")
    python = week / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(RECORDER, encoding="utf-8")
    python.chmod(0o755)
    (week / ".venv/ready").touch()
    plain = {name: value for name, value in os.environ.items() if "MAKE" not in name}

    def run(*words, **more):
        return subprocess.run(["make", *words], cwd=week, env=plain | more, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("extra", "NAME=more"), "check more"),
        (("check", "WEEK=more", "TASK=2"), "check more --task 2"),
        (("hint", "WEEK=more", "TASK=2"), "hint more 2"),
        (("run", "WEEK=more", "PORT=8001"), "run more --port 8001"),
        (("learn", "WEEK=more"), "learn more"),
        (("watch", "WEEK=more"), "check more --watch"),
        (("psql", "WEEK=more"), "psql more"),
        (("reset", "WEEK=more"), "reset more"),
        (("load", "WEEK=more", "RATE=9"), "load more --rate 9"),
    ],
)
def test_extra_is_named_as_in_the_course(make, words, command):
    """Every target of the week accepts the name of an extra, and the scorecard's commands name it, too."""
    assert make(*words).stdout.splitlines()[-1] == f"1 week1-tiny -m classroom {command}"


@pytest.mark.parametrize("words", [(), ("WEEK=1",), ("WEEK=week1-tiny",)])
def test_week_itself_is_meant_by_its_own_name_or_none(make, words):
    """The week's number and name are accepted, and a variable of the environment is not a name."""
    done = make("check", *words, NAME="my-computer")

    assert (done.stdout, done.stderr) == ("week week1-tiny -m classroom check\n", "")


@pytest.mark.parametrize("words", [("hint", "WEEK=2", "TASK=3"), ("run", "WEEK=mor"), ("extra", "NAME=nothing")])
def test_name_of_something_else_is_refused(make, words):
    """A week or an extra that is not here is refused, instead of doing the same with this week."""
    done = make(*words)

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        f"There is no {words[1].partition('=')[2]} here. The extra exercises of this week are: more."
    )
    assert done.stdout == ""


def test_two_names_are_refused(make):
    """A week and an extra, or two extras, are not checked one instead of the other."""
    done = make("check", "WEEK=more", "NAME=week1-tiny")

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "Give one name, not more week1-tiny."
    assert done.stdout == ""


def test_extra_without_a_name_is_asked_for(make):
    """`make extra` says which extras there are, and what to type."""
    done = make("extra")

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "Which extra? Type: make extra NAME=more; there are: more"


def test_first_command_for_an_extra_installs_its_packages(make):
    """The packages of an extra are installed once, in its own folder, which the path of the kit starts from."""
    first, second = make("extra", "NAME=more").stdout, make("extra", "NAME=more").stdout

    said, installing, *_ = first.splitlines()
    assert said == "Installing the packages of more."
    assert installing.endswith(
        "more -m pip install --quiet --disable-pip-version-check --retries 2 -r requirements.txt"
    )
    assert "pip" not in second


def test_week_without_extras_has_no_target_for_them(assignment):
    """The Makefile of a week without extras does not offer any."""
    assert "\nextra:" not in makefile(assignment)
