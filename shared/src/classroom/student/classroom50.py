"""Grading in a job of Classroom 50: a checkout in, `result.json` and what goes with it out.

`python -m classroom.student.classroom50 BUNDLE`, in the student's checkout. Exit status 0: graded; 3: nothing can be said.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.checks.pool import Pool
from classroom.core.assignment import Assignment
from classroom.core.errors import ClassroomError, CouldNotCheck
from classroom.core.files import write_atomic
from classroom.core.folders import full_disk_explained
from classroom.core.result import GRADED, Result
from classroom.core.scratch import ScratchDir
from classroom.core.submission import Submission
from classroom.core.text import sanitize
from classroom.student.feedback import feedback

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "classroom50/result/v1"
# What of the environment goes into the result, by the key that it has there.
TOLD = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
# Where the instructor's own run has the hidden checks; a bundle never holds them.
HIDDEN = "CLASSROOM_HIDDEN_CHECKS"
LET_BUBBLEWRAP = ("sudo", "-n", "sysctl", "-w", "kernel.apparmor_restrict_unprivileged_userns=0")


def main() -> int:
    """Grade the checkout in the working directory; the exit status."""
    bundle, checkout = Path(sys.argv[1]), Path.cwd()
    # Of an earlier result nothing may be left, whatever comes now.
    for name in ("result.json", "release-body.md"):
        (checkout / name).unlink(missing_ok=True)
    around = dict(os.environ)
    # A program of the student's has no business in the channels of the run.
    for name in around:
        if name.startswith(("GITHUB_", "ACTIONS_", "RUNNER_")) and name != "GITHUB_ACTIONS":
            del os.environ[name]
    try:
        with full_disk_explained():
            result = graded(bundle, checkout, around.get(HIDDEN))
    except ClassroomError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    if result.status != GRADED:
        print(sanitize(result.reason or "could not be graded"), file=sys.stderr)
        return CouldNotCheck.exit_status
    write_atomic(checkout / "result.json", json.dumps(as_classroom50(result, around), indent=1) + "\n")
    write_atomic(checkout / "release-body.md", feedback(result))
    summary = f"{result.score} of {result.max_score} points"
    print(summary)
    if output := around.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"status={'success' if result.green else 'failure'}\nsummary={summary}\n")
    return 0


def graded(bundle: Path, checkout: Path, hidden: str | None) -> Result:
    """The result of the bundle's checks over the checkout, and of the hidden ones where the instructor has them at hand."""
    with ScratchDir("classroom50") as room:
        week = room / "week"
        shutil.copytree(bundle / "week", week)
        if hidden:
            shutil.copytree(hidden, week / "grading" / "hidden")
        assignment = Assignment.load(week)
        name = os.environ.get("USERNAME") or checkout.name
        submission = Submission(name, checkout)
        with Pool(assignment, jobs=1, hidden=bool(hidden), sandbox=walls(), room=room / "pool") as pool:
            order = pool.job(submission, seed=int.from_bytes(os.urandom(2)), out=room / "result.json")
            ((_, result),) = pool.grade([order])
    return result


def walls() -> str:
    """`bubblewrap` where it can be had; a job is the student's own machine, so without walls it goes on all the same."""
    from classroom.apps.sandbox.bubblewrap import why_unavailable

    if why_unavailable() and os.environ.get("GITHUB_ACTIONS") and shutil.which("bwrap"):
        subprocess.run(LET_BUBBLEWRAP, capture_output=True, check=False)
    return "none" if why_unavailable() else "bubblewrap"


def as_classroom50(result: Result, around: Mapping[str, str]) -> dict[str, Any]:
    """The result as Classroom 50 keeps it: a test for each task, all numbers whole."""
    tests = [
        {
            "test-name": f"{task.number}. {task.title}",
            "passed": task.earned == task.points,
            "score": task.earned,
            "max-score": task.points,
        }
        for task in result.tasks
        if not task.bonus
    ]
    told = {key: around.get(name, "") for key, name in TOLD.items()}
    return {"schema": SCHEMA, **told, "score": result.score, "max-score": result.max_score, "tests": tests}


if __name__ == "__main__":
    sys.exit(main())
