"""Official results as students see them: a copy of the grading that was released, without the data of hidden checks.

.classroom/released/WEEK/release.json    since when, by whom, and which of the folders next to it counts
.classroom/released/WEEK/NUMBER/ada.json  the result of each student in that release

Because it is a copy, a grading that is still running, or was not released yet, changes nothing that students see.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from classroom.core.files import write_atomic
from classroom.core.folders import make_folder
from classroom.core.locks import owned
from classroom.core.result import Result, Verdict, utc_timestamp
from classroom.instructor.classrooms.classroom import USERNAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from classroom.core.result import CheckResult, TaskResult
    from classroom.instructor.classrooms.classroom import Classroom

FOLDER, CURRENT = "released", "release.json"
LOCK_SECONDS = 20
NOT_RUN = "a hidden check could not be run"


@dataclass(frozen=True)
class Release:
    """A release of a week's official results.

    Attributes:
        at: when it was made.
        by: the name of who made it.
        number: of the folder with its results.
    """

    at: datetime
    by: str
    number: int


def released(classroom: Classroom, week: str) -> Release | None:
    """Return the release that students see, or None if the official results of a week are not shown to them."""
    try:
        data = json.loads((_folder(classroom, week) / CURRENT).read_text(encoding="utf-8"))
        return Release(datetime.fromisoformat(data["at"]), str(data["by"]), int(data["number"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def is_kept_here(classroom: Classroom, week: str) -> bool:
    """Return whether the results of a week were ever released on the site, which then decides what students see."""
    return _folder(classroom, week).is_dir()


def result_of(classroom: Classroom, week: str, username: str) -> Result | None:
    """Return a student's official result as it was released; None before that, or if the student has none."""
    release = released(classroom, week)
    if release is None or not USERNAME.fullmatch(username):
        return None
    path = _folder(classroom, week) / str(release.number) / f"{username}.json"
    try:
        return Result.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def publish(classroom: Classroom, week: str, results: Mapping[str, Result], by: str) -> Release:
    """Show official results to the students, in place of an earlier release's results.

    Args:
        classroom: the classroom.
        week: its name.
        results: by the student's username.
        by: the name of who releases them.
    """
    folder = make_folder(_folder(classroom, week))
    with owned(folder / ".lock", LOCK_SECONDS):
        before = max((int(path.name) for path in folder.iterdir() if path.name.isdecimal()), default=0)
        new = Release(datetime.now(UTC), by, before + 1)
        for username, result in results.items():
            write_atomic(folder / str(new.number) / f"{username}.json", for_student(result).to_json())
        text = json.dumps({"at": utc_timestamp(new.at), "by": by, "number": new.number}) + "\n"
        write_atomic(folder / CURRENT, text)
        _remove_older(folder, before)
    return new


def take_back(classroom: Classroom, week: str) -> bool:
    """Stop showing a week's official results; return whether they were shown."""
    path = _folder(classroom, week) / CURRENT
    was_shown = path.exists()
    path.unlink(missing_ok=True)
    return was_shown


def for_student(result: Result) -> Result:
    """Return an official result without what only the instructor may see.

    That is the data of hidden checks, the seed from which it can be drawn again, and the reasons for adjustments.
    """
    return replace(
        result,
        tasks=tuple(_task(task) for task in result.tasks),
        seed=0,
        fingerprint="",
        reason=NOT_RUN if any(map(_is_secret, _checks(result))) else result.reason,
        adjustments=tuple(replace(change, note="") for change in result.adjustments),
    )


def _task(task: TaskResult) -> TaskResult:
    secret = any(map(_is_secret, task.checks))
    return replace(task, checks=tuple(map(_check, task.checks)), reason=NOT_RUN if secret else task.reason)


def _check(check: CheckResult) -> CheckResult:
    """Return a check without its data if it is hidden; why it was skipped names only an earlier task."""
    if not check.hidden:
        return check
    message = check.message if check.verdict is Verdict.SKIPPED else None
    return replace(check, message=message, request=None, answer=None, printed=None, flaw=None, cause=None)


def _is_secret(check: CheckResult) -> bool:
    return check.hidden and check.verdict is Verdict.COULD_NOT_CHECK


def _checks(result: Result) -> list[CheckResult]:
    return [check for task in result.tasks for check in task.checks]


def _folder(classroom: Classroom, week: str) -> Path:
    return classroom.state_dir / FOLDER / week


def _remove_older(folder: Path, before: int) -> None:
    """Remove the releases that nobody reads any longer; a page may still be reading the one before."""
    for path in folder.iterdir():
        if path.name.isdecimal() and int(path.name) < before:
            shutil.rmtree(path, ignore_errors=True)
