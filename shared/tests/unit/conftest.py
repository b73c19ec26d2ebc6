"""A course of one small week, created for each test, and the ways to grade in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from classroom.core.assignment import Assignment

collect_ignore = ["course"]
COURSE = Path(__file__).with_name("course")
KIT = COURSE.parents[2] / "src"


@pytest.fixture
def course(tmp_path):
    """A folder with `week1-tiny`, a copy of the fixture course."""
    shutil.copytree(COURSE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__", ".classroom"))
    return tmp_path / "course"


@pytest.fixture
def week(course):
    """The folder of the small week."""
    return course / "week1-tiny"


@pytest.fixture
def extra(week):
    """The folder of an extra exercise of the small week, with the same tasks."""
    folder = week / "extra" / "more"
    shutil.copytree(COURSE / week.name, folder, ignore=shutil.ignore_patterns("__pycache__", ".classroom"))
    (folder / "requirements.txt").write_text("fastapi\n../../../shared\n", encoding="utf-8")
    return folder


@pytest.fixture
def assignment(week):
    """The small week, loaded."""
    return Assignment.load(week)


@pytest.fixture
def classroom(course):
    """A function that runs the command in the course's folder, and returns exit status, output and errors."""

    def run(*words, cwd=course, **more):
        done = subprocess.run(
            [sys.executable, "-m", "classroom", *map(str, words)],
            cwd=cwd,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            **more,
        )
        return SimpleNamespace(status=done.returncode, out=done.stdout, err=done.stderr)

    return run


@pytest.fixture
def handed_in(tmp_path, week):
    """Makes submissions: `handed_in("alice", app=...)` writes the text as alice's app/main.py."""
    folder = tmp_path / "handed in"
    folder.mkdir()

    def make(name, app=None, base=week / "grading" / "solution"):
        place = folder / name
        shutil.copytree(base, place, dirs_exist_ok=True)
        if app is not None:
            (place / "app").mkdir(exist_ok=True)
            (place / "app" / "main.py").write_text(app, encoding="utf-8")
        return place

    make.folder = folder
    return make
