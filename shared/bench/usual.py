"""The usual way next to ours: a solved copy of a week, and whole processes that are timed on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
PLAIN = (
    "-q",
    "-c",
    "pytest.ini",
    "--import-mode=importlib",
    "-p",
    "plain",
    "-p",
    "no:cacheprovider",
    "-k",
    "not migration",
)


def week(number: int) -> Path:
    """A week's folder."""
    (found,) = TOP.glob(f"week{number}-*")
    return found


def solved(number: int, target: Path) -> Path:
    """A copy of the week with its solution, as a student has it in the end."""
    source = week(number)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("grading", "__pycache__", ".classroom"))
    shutil.copytree(source / "grading" / "solution", target, dirs_exist_ok=True)
    return target


def timed(command: list[str], folder: Path, more: dict[str, str] | None = None) -> float:
    """Seconds of one whole process, without what makes Python slow or strange.

    Raises:
        SystemExit: it did not pass, so that its time says nothing.
    """
    unwanted = ("PYTHON", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=kept | (more or {}), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        told = f"{done.stdout[-3000:]}{done.stderr[-2000:]}"
        sys.exit(f"{' '.join(command)} in {folder} ended with {done.returncode}:\n{told}")
    return seconds


def plain(folder: Path, *tests: str, more: dict[str, str] | None = None) -> float:
    """Seconds of a plain pytest that imports the app and asks it through TestClient."""
    settings = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(HERE)} | (more or {})
    return timed([sys.executable, "-m", "pytest", *PLAIN, *tests], folder, settings)


def plain_with_container(folder: Path, *tests: str) -> float:
    """Seconds of the same, with a database in a container that is started for it."""
    with tempfile.TemporaryDirectory(prefix="classroom-bench-") as cache:
        container = {"POSTGRES": "container", "CLASSROOM_CACHE": cache, "HOME": os.environ.get("HOME", cache)}
        return plain(folder, *tests, more=container)
