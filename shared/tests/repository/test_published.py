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
