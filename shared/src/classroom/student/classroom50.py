"""Grade a checkout in a job of Classroom 50, and write `result.json` and `release-body.md`.

Run `python -m classroom.student.classroom50 BUNDLE` in the student's checkout. Exit status 0: graded; 3: could not be graded.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classroom.checks.workers.pool import Pool
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
# Fields of the result that are copied from environment variables.
COPIED = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
# The variable with the folder of the hidden checks in the instructor's own runs; a bundle never contains them.
HIDDEN = "CLASSROOM_HIDDEN_CHECKS"
LET_BUBBLEWRAP = ("sudo", "-n", "sysctl", "-w", "kernel.apparmor_restrict_unprivileged_userns=0")


def main() -> int:
    """Grade the checkout in the working directory, and return the exit status."""
    bundle, checkout = Path(sys.argv[1]), Path.cwd()
    # Even if grading fails, nothing of an earlier result may be left.
    for name in ("result.json", "release-body.md"):
        (checkout / name).unlink(missing_ok=True)
    environment = dict(os.environ)
    # A student's program must not reach the files and services of the run.
    for name in environment:
        if name.startswith(("GITHUB_", "ACTIONS_", "RUNNER_")) and name != "GITHUB_ACTIONS":
            del os.environ[name]
    try:
        with full_disk_explained():
            result = grade(bundle, checkout, environment.get(HIDDEN))
    except ClassroomError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    if result.status != GRADED:
        print(sanitize(result.reason or "could not be graded"), file=sys.stderr)
        return CouldNotCheck.exit_status
    write_atomic(checkout / "result.json", json.dumps(as_classroom50(result, environment), indent=1) + "\n")
    write_atomic(checkout / "release-body.md", feedback(result))
    summary = f"{result.score} of {result.max_score} points"
    print(summary)
    if output := environment.get("GITHUB_OUTPUT"):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"status={'success' if result.green else 'failure'}\nsummary={summary}\n")
    return 0


def grade(bundle: Path, checkout: Path, hidden: str | None) -> Result:
    """Return the result of the checks on the checkout; `hidden` is the folder of the hidden checks, if there is one."""
    with ScratchDir("classroom50") as folder:
        week = folder / "week"
        shutil.copytree(bundle / "week", week)
        if hidden:
            shutil.copytree(hidden, week / "grading" / "hidden")
        assignment = Assignment.load(week)
        name = os.environ.get("USERNAME") or checkout.name
        submission = Submission(name, checkout)
        with Pool(assignment, jobs=1, hidden=bool(hidden), sandbox=choose_sandbox(), room=folder / "pool") as pool:
            job = pool.job(submission, seed=int.from_bytes(os.urandom(8)), out=folder / "result.json")
            ((_, result),) = pool.grade([job])
    return result


def choose_sandbox() -> str:
    """Return `bubblewrap` if it is available, else `none`: the job runs on the student's own account."""
    from classroom.apps.sandbox.bubblewrap import why_unavailable

    if why_unavailable() and os.environ.get("GITHUB_ACTIONS") and shutil.which("bwrap"):
        subprocess.run(LET_BUBBLEWRAP, capture_output=True, check=False)
    return "none" if why_unavailable() else "bubblewrap"


def as_classroom50(result: Result, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the result in the format of Classroom 50: a test for each task, all numbers integers."""
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
    copied = {key: environment.get(name, "") for key, name in COPIED.items()}
    return {"schema": SCHEMA, **copied, "score": result.score, "max-score": result.max_score, "tests": tests}


if __name__ == "__main__":
    sys.exit(main())
