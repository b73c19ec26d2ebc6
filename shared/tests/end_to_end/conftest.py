"""A course of one small week with the real kit next to it, its instructor, and students who clone and push."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[3]
TINY = ROOT / "shared/tests/unit/course/week1-tiny"
WHO = ("-c", "user.name=Student", "-c", "user.email=student@example.org")
SOLVED = (TINY / "grading/solution/app/main.py").read_text()


def plain_environment(**more):
    """Return the environment without what a test run or make adds to it."""
    unwanted = ("PYTHON", "PYTEST", "GIT_", "GITHUB_", "CLASSROOM", "MAKE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | more


def git(folder, *words, check=True, **more):
    """Return what git prints on both streams."""
    done = subprocess.run(
        ["git", *WHO, *map(str, words)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        env=plain_environment(**more),
    )
    assert done.returncode == 0 or not check, done.stdout
    return done.stdout.strip()


def run_classroom(*words, cwd, **more):
    """Return the command's exit status, output and errors."""
    done = subprocess.run(
        [sys.executable, "-m", "classroom", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
        env=plain_environment(**more),
    )
    return SimpleNamespace(status=done.returncode, out=done.stdout, err=done.stderr)


def lay_course(folder):
    """A course of the small week."""
    shutil.copytree(TINY, folder / "week1-tiny", ignore=shutil.ignore_patterns("__pycache__", ".classroom"))
    about = folder / "week1-tiny/assignment.toml"
    # Nothing here is about limits, and a machine may have much else to do.
    about.write_text(re.sub(r"^(\w+_s) = \d+", r"\1 = 240", about.read_text(), flags=re.MULTILINE))
    (folder / "shared").symlink_to(ROOT / "shared")
    for name in ("Makefile", "LICENSE"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def write_roster(path, *names):
    """A roster with these usernames."""
    rows = "".join(f"{name.title()} Example,{name},,\n" for name in names)
    path.write_text("identifier,github_username,github_id,name\n" + rows, encoding="utf-8")
    return path


@dataclass
class Student:
    """A student with a clone."""

    name: str
    clone: Path

    def write(self, text):
        """Commit a text as the app."""
        (self.clone / "app/main.py").write_text(text, encoding="utf-8")
        git(self.clone, "commit", "--quiet", "--allow-empty", "--all", "--message", "Work")
        return git(self.clone, "rev-parse", "HEAD")

    def push(self, *words, **more):
        """Return the reply to a push, without `remote:` before each line."""
        told = git(self.clone, "push", *(words or ("origin", "HEAD:main")), **more)
        return "\n".join(line.removeprefix("remote: ").rstrip() for line in told.splitlines())

    def fetched(self, name):
        """A file on the branch `feedback`."""
        git(self.clone, "fetch", "--quiet", "origin")
        return git(self.clone, "show", f"origin/feedback:{name}")


class Room:
    """A classroom in a folder, and its instructor."""

    solved = SOLVED
    git = staticmethod(git)

    def __init__(self, base, *names):
        self.base = base
        self.course = lay_course(base / "course")
        self.place = base / "a classroom"
        self.roster = write_roster(base / "roster.csv", *names)
        self.server = None
        opened = self.classroom("open", self.place, "--roster", self.roster, "--weeks", "1")
        assert opened.status == 0, opened.err
        self.patience = self.place / ".classroom/patience"
        self.patience.write_text("240\n")  # a machine may have much else to do

    def classroom(self, *words, **more):
        """Run the instructor's command in the course."""
        return run_classroom(*words, cwd=self.course, **more)

    def repository(self, name):
        """A student's bare repository."""
        return self.place / "week1-tiny" / f"week1-tiny-{name}.git"

    def student(self, name):
        """The student, who clones on the first day."""
        clone = self.base / "students" / name
        if not clone.exists():
            clone.parent.mkdir(exist_ok=True)
            git(self.base, "clone", "--quiet", self.repository(name), clone)
        return Student(name, clone)

    def serve(self, *words, **more):
        """Start serving, and wait until it serves."""
        self.server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "classroom",
                "serve",
                str(self.place),
                "--sandbox",
                "none",
                "--listen",
                "none",
                *words,
            ],
            cwd=self.course,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=plain_environment(**more),
        )
        assert "Serving" in self.server.stdout.readline()
        return self.server

    def end(self, *, hard=False):
        """Stop serving; return what was printed in the meantime."""
        if self.server is None:
            return ""
        self.server.kill() if hard else self.server.terminate()
        told = self.server.communicate(timeout=240)[0]
        self.server = None
        return told


@pytest.fixture(scope="session")
def new_room():
    """Makes another classroom."""
    return Room


@pytest.fixture(scope="session")
def kit():
    """The helpers of these tests, as a fixture: test modules cannot import each other."""
    return SimpleNamespace(
        classroom=run_classroom,
        environment=plain_environment,
        git=git,
        roster=write_roster,
        course=lay_course,
        root=ROOT,
    )


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A classroom with many students; each test uses its own."""
    names = ("ada", "bob", "cleo", "dan", "eve", "finn", "gus", "hana", "ida", "jo", "kim", "lou", "mia", "ned", "ola")
    names += ("pia", "quin", "rita", "sam", "tom", "una", "vic", "will", "xena", "yara", "zoe")
    room = Room(tmp_path_factory.mktemp("flow"), *names)
    yield room
    room.end()


@pytest.fixture
def served(room):
    """The classroom while it is being served."""
    if room.server is None:
        room.serve()
    return room


@pytest.fixture
def unserved(room):
    """The classroom while it is not being served."""
    room.end()
    return room
