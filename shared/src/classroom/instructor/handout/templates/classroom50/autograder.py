"""Grade the checkout in the current folder, as Classroom 50 runs it: `python autograder.py`, without arguments.

It makes a virtual environment from this bundle, so that nothing of the runner or the student takes effect, and leaves
the rest to the course's kit. Exit status 0: graded; anything else: could not be graded, and there is no result.
"""

# ruff: noqa: INP001 - a script that runs without a package around it

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BUNDLE = Path(os.environ.get("CLASSROOM50_BUNDLE_DIR") or Path(__file__).parent).resolve()


def main() -> int:
    """Make the environment, then grade in it."""
    # An earlier result must not outlive the decision to grade again.
    Path("result.json").unlink(missing_ok=True)
    if installed := os.environ.get("CLASSROOM_PYTHON"):
        return subprocess.call([installed, "-P", "-m", "classroom.student.classroom50", str(BUNDLE)])
    with tempfile.TemporaryDirectory(prefix="classroom50-") as folder:
        python = Path(folder, "venv", "bin", "python")
        subprocess.run([sys.executable, "-I", "-m", "venv", str(python.parents[1])], check=True)
        install = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", "requirements.txt", "-c", "constraints.txt"], cwd=BUNDLE, check=True)
        return subprocess.call([str(python), "-P", "-m", "classroom.student.classroom50", str(BUNDLE)])


if __name__ == "__main__":
    sys.exit(main())
