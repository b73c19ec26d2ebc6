"""A small course: the real Makefile and prepare.py, with a tiny kit and package, set up without a network."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

KIT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "little-classroom"
version = "1.0"
"""

# An editable wheel is a zip with a .pth file and four lines of metadata.
BACKEND = """\
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "little_classroom-1.0-py3-none-any.whl"
    info = "little_classroom-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("_little_classroom.pth", os.path.abspath("src").encode() + b"\\n")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: little-classroom\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "entry_points.txt", "[console_scripts]\\nclassroom = classroom:main\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""

COMMAND = '''\
"""Stands in for the kit: says how it was called, and ends with the status that CARD asks for."""
import os, sys

def main():
    for name in "PYTHONPATH", "PYTEST_ADDOPTS":
        if name in os.environ:
            print(name, "came through")
    print("classroom" if os.environ.get("CLASSROOM_MAKE") else "by hand", *sys.argv[1:], sep="|")
    return int(os.environ.get("CARD", "0"))
'''


@dataclass
class Course:
    """A folder with a small course, and how to run commands in it."""

    folder: Path
    wheels: Path
    first: subprocess.CompletedProcess | None = None
    settings: tuple[str, ...] = ()  # of make

    @property
    def venv(self) -> Path:
        """Return the path of the virtual environment."""
        return self.folder / ".venv"

    def environment(self, changes):
        """Return the environment without settings of pip and make, with these changes."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE", "PYTEST"))
        }
        environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        environment |= {name: value for name, value in changes.items() if value is not None}
        return {name: value for name, value in environment.items() if changes.get(name, "") is not None}

    def run(self, *command, **changes):
        """Run a command in the folder; a change of None removes a variable."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(changes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=900,
            check=False,
        )

    def make(self, *arguments, **changes):
        """Run make with the Python that runs these tests."""
        return self.run("make", f"PYTHON={base_python()}", *self.settings, *arguments, **changes)

    def start(self, *command, **changes):
        """Start a command in the folder, in a process group of its own."""
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment(changes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )


def base_python() -> str:
    """Return the Python outside the virtual environment that runs these tests."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def lay_out(folder: Path, wheels: Path) -> Course:
    """Write the small course into a folder."""
    shared = folder / "shared"
    (shared / "src" / "classroom").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "shared" / "prepare.py", shared)
    (shared / "pyproject.toml").write_text(KIT)
    (shared / "backend.py").write_text(BACKEND)
    (shared / "src" / "classroom" / "__init__.py").write_text(COMMAND)
    wheels.mkdir(exist_ok=True)
    wheel = wheels / "pydantic_core-1.0-py3-none-any.whl"
    if not wheel.exists():
        info = "pydantic_core-1.0.dist-info/"
        with zipfile.ZipFile(wheel, "w") as file:
            file.writestr("pydantic_core.py", "")
            file.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: pydantic-core\nVersion: 1.0\n")
            file.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            file.writestr(info + "RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (shared / "requirements.lock").write_text(f"pydantic-core==1.0 \\\n    --hash=sha256:{digest}\n    # via nothing\n")
    return Course(folder, wheels)


@pytest.fixture
def course(tmp_path) -> Course:
    """A small course that is not set up."""
    return lay_out(tmp_path / "course", tmp_path / "wheels")


def lay_out_weeks(base: Path) -> Course:
    """Write the small course into a folder with spaces and accents in its name, with the real weeks' names."""
    course = lay_out(base / "Kürs für alle (2026) & co", base / "wheels")
    for week in ROOT.glob("week*/assignment.toml"):  # by which make knows weeks that the Makefile does not name
        (course.folder / week.parent.name).mkdir()
        shutil.copy(week, course.folder / week.parent.name)
    return course


@pytest.fixture(scope="session")
def ready(tmp_path_factory) -> Course:
    """A small course that is set up; tests must not change it."""
    course = lay_out_weeks(tmp_path_factory.mktemp("ready"))
    course.first = course.make("setup")
    assert course.first.returncode == 0, course.first.stderr
    return course


@pytest.fixture(scope="session")
def called(tmp_path_factory) -> Course:
    """A small course in which make calls the command at once, without the seconds of a setup."""
    course = lay_out_weeks(tmp_path_factory.mktemp("called"))
    course.settings = ("PREPARE=:",)
    command = course.venv / "bin" / "classroom"
    command.parent.mkdir(parents=True)
    command.with_suffix(".py").write_text(f"{COMMAND}\n\nsys.exit(main())\n")
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{command}.py" "$@"\n')
    command.chmod(0o755)
    return course
