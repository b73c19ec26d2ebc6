"""A published week in a new environment."""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
WEEK = TOP / "week1-hello-api"


OWN_PACKAGES = ("forms-and-uploads", "live-board", "tests-of-your-own")  # of week 2's extras, those that need one more


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Week 1 alone, as `publish` makes it, with an environment made by its README's commands."""
    room = tmp_path_factory.mktemp("a published week")
    command = [sys.executable, "-m", "classroom", "publish", str(WEEK), "--to", str(room / "week")]
    subprocess.run(command, check=True, capture_output=True, cwd=TOP)
    venv.create(room / "venv", with_pip=True)
    python = room / "venv/bin/python"
    install = [python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"]
    subprocess.run(install, cwd=room / "week", check=True, capture_output=True, env=plain())

    def run(*words):
        return subprocess.run(
            [python, "-m", *words], cwd=room / "week", capture_output=True, text=True, check=False, env=plain()
        )

    run.folder = room / "week"
    return run


def plain():
    """Return the environment without variables that lead to this Python."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL"))}


@pytest.mark.long
def test_published_week_works_alone(published):
    """The starter scores its baseline and the solution 100, with both ways of checking."""
    starter = published("classroom", "check")
    shutil.copytree(WEEK / "grading/solution", published.folder, dirs_exist_ok=True)
    solved, plainly = published("classroom", "check"), published("pytest", "-q")

    assert re.search(r"Total\s+5/100", starter.stdout), starter.stdout + starter.stderr
    assert re.search(r"Total\s+100/100", solved.stdout), solved.stdout + solved.stderr
    assert plainly.returncode == 0, plainly.stdout


@pytest.fixture(scope="module")
def week_with_extras(tmp_path_factory):
    """Week 2 with its extras, as `publish` makes it, set up by its Makefile."""
    folder = tmp_path_factory.mktemp("with extras") / "week"
    command = [sys.executable, "-m", "classroom", "publish", "2", "--to", str(folder)]
    subprocess.run(command, check=True, capture_output=True, cwd=TOP)
    make(folder, "check")
    return folder


def make(folder, *words):
    """Return what a target prints."""
    base = Path(sys.base_prefix) / "bin/python3"
    command = ["make", f"PYTHON={base}", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=plain())
    return done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.parametrize("name", OWN_PACKAGES)
def test_extra_of_a_published_week_is_set_up_when_it_is_needed(week_with_extras, name):
    """An extra that needs another package is checked with it: its starter scores the baseline."""
    said = make(week_with_extras, "extra", f"NAME={name}")

    assert re.search(r"Total\s+5/100", said), said
    assert f"make hint WEEK={name}" in said


@pytest.mark.long
def test_extra_of_a_published_week_names_the_package_that_is_missing(week_with_extras):
    """Without its package, an extra's tasks could not be checked, and the card says what to type."""
    python = week_with_extras / ".venv/bin/python"
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "httpx"], check=True, env=plain())

    done = subprocess.run(
        [python, "-m", "classroom", "check"],
        cwd=week_with_extras / "extra/tests-of-your-own",
        capture_output=True,
        text=True,
        check=False,
        env=plain(),
    )

    assert "The package httpx is not installed. Type: python -m pip install -r requirements.txt" in " ".join(
        done.stdout.split()
    )
    assert re.search(r"Total\s+\?/100", done.stdout), done.stdout
