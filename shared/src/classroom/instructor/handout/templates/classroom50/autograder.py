"""Grades the checkout that it is started in, as Classroom 50 asks for it: `python autograder.py`, no arguments.

It makes an environment of its own from this bundle, since nothing of the runner's or of the student's may take part,
and leaves the rest to the course's kit. Exit status 0: graded; anything else: nothing can be said, and nothing is kept.
"""

# ruff: noqa: INP001 - a script, that stands alone where it runs

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BUNDLE = Path(os.environ.get("CLASSROOM50_BUNDLE_DIR") or Path(__file__).parent).resolve()


def main() -> int:
    """Make the environment, then grade in it."""
    # An earlier result never outlives the decision to grade again.
    Path("result.json").unlink(missing_ok=True)
    if given := os.environ.get("CLASSROOM_PYTHON"):
        return subprocess.call([given, "-P", "-m", "classroom.student.classroom50", str(BUNDLE)])
    with tempfile.TemporaryDirectory(prefix="classroom50-") as room:
        python = Path(room, "venv", "bin", "python")
        subprocess.run([sys.executable, "-I", "-m", "venv", str(python.parents[1])], check=True)
        install = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", "requirements.txt", "-c", "constraints.txt"], cwd=BUNDLE, check=True)
        return subprocess.call([str(python), "-P", "-m", "classroom.student.classroom50", str(BUNDLE)])


if __name__ == "__main__":
    sys.exit(main())
