"""The result of grading one submission: verdicts, points and reasons, as data and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from classroom.core.text import ACTIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.core.assignment import Assignment, Task

SCHEMA = "classroom/result/v1"
GRADED, COULD_NOT_GRADE, MISSING = "graded", "could-not-grade", "missing"
NOT_STARTED, EXCUSED = "not-started", "excused"
VISIBLE, OFFICIAL = "visible", "official"
# What a cause says of a check that reached a stub, and of one that reached nothing.
NOT_WRITTEN, NO_ROUTE = "is not written yet", "There is no route for"


class Verdict(StrEnum):
    """The verdict on a check or on a task."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    SKIPPED = "skipped"
    COULD_NOT_CHECK = "could-not-check"


@dataclass(frozen=True)
class CheckResult:
    """One check's verdict.

    Attributes:
        asks: what the task asks for: the docstring of the check.
        cause: where the error is and what it is, such as `app/main.py, line 83: NameError: ...`, if it is known.
        message: what was wrong, or why the check was skipped; None if it passed.
        request: the request that failed, as a curl command.
        answer: the response to it, shortened.
        printed: the last lines that the app printed during the request.
        flaw: an error in the code of the check itself, for its maintainer.
    """

    name: str
    hidden: bool
    weight: int
    verdict: Verdict
    asks: str = ""
    message: str | None = None
    request: str | None = None
    answer: str | None = None
    printed: str | None = None
    flaw: str | None = None
    duration_s: float = 0.0
    cause: str | None = None

    def is_stub(self, task: int) -> bool:
        """Return whether the stub of this task or of an earlier one sent the response, or failed, and is all there is.

        A later task's stub may hide an error here, and any other cause says that something was written.
        """
        stub = re.match(r"501 .*?\bTODO (\d{1,3})\b", self.answer or "", re.DOTALL)
        if stub is None and self.answer is None:
            stub = re.match(rf"\S+, line \d+: TODO (\d{{1,3}}) {NOT_WRITTEN}", self.cause or self.message or "")
        alone = self.cause is None or NOT_WRITTEN in self.cause
        return alone and stub is not None and int(stub[1]) <= task


@dataclass(frozen=True)
class TaskResult:
    """The points and the verdict of one task, with its checks."""

    number: int
    title: str
    points: int
    earned: int
    verdict: Verdict
    reason: str | None
    checks: tuple[CheckResult, ...]
    bonus: bool = False


@dataclass(frozen=True)
class Adjustment:
    """What an instructor changed about a result.

    Attributes:
        kind: extension, excuse, waive, points, late or comment.
        text: the sentence that tells the student.
        task: the task whose points change, if any do.
        points: what is added to them.
        note: the instructor's reason, unless it is shown to the student.
    """

    kind: str
    text: str
    task: int | None = None
    points: int = 0
    note: str = ""


@dataclass(frozen=True)
class Result:
    """The result of one submission; `score` is None if it could not be graded."""

    assignment: str
    submission: str
    status: str
    score: int | None
    max_score: int
    tasks: tuple[TaskResult, ...] = ()
    bonus: int = 0
    commit: str | None = None
    graded_at: str = ""
    seed: int = 0
    duration_s: float = 0.0
    sandbox: str = "none"
    scope: str = OFFICIAL
    reason: str | None = None
    late: str | None = None
    notes: tuple[str, ...] = ()
    fingerprint: str = ""
    submitted: str = ""  # when the graded commit was made or received, as `utc_timestamp` writes it
    adjustments: tuple[Adjustment, ...] = ()
    schema: str = field(default=SCHEMA)

    def points(self, task: TaskResult) -> int:
        """Return the points of a task with what the instructor has changed about them; 0 if none of it counts."""
        if self.status in (NOT_STARTED, EXCUSED):
            return 0
        return task.earned + sum(change.points for change in self.adjustments if change.task == task.number)

    @property
    def total(self) -> int:
        """Return the sum of all tasks but bonus ones, with the instructor's changes and without a late penalty."""
        return sum(self.points(task) for task in self.tasks if not task.bonus)

    @property
    def green(self) -> bool:
        """Return whether the score is the maximum."""
        return self.status == GRADED and self.score == self.max_score

    def to_json(self) -> str:
        """Return the content of a `result.json`."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"
        # Printing the file must run no terminal codes and hide no characters.
        text = ACTIVE.sub(lambda match: json.dumps(match[0])[1:-1], text)
        # A response may contain half a surrogate pair, which is not UTF-8; escaped it is still JSON.
        return text.encode("utf-8", "backslashreplace").decode("utf-8")

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read the content of a `result.json`.

        Raises:
            ValueError: the text is not a result, or one of another version.
        """
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ValueError(f"not a {SCHEMA} file")
        try:
            tasks = tuple(_task(table) for table in data.pop("tasks"))
            adjustments = tuple(Adjustment(**table) for table in data.get("adjustments", ()))
            return cls(**{**data, "tasks": tasks, "notes": tuple(data["notes"]), "adjustments": adjustments})
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a complete result: {error}") from None


def _task(table: dict[str, Any]) -> TaskResult:
    checks = tuple(CheckResult(**{**check, "verdict": Verdict(check["verdict"])}) for check in table["checks"])
    return TaskResult(**{**table, "verdict": Verdict(table["verdict"]), "checks": checks})


def score_task(task: Task, checks: Sequence[CheckResult]) -> TaskResult:
    """Return a task's verdict and points from its checks.

    Points are divided by weight and rounded down, so the last point needs every check. A skipped check earns nothing and
    costs the other checks nothing: half of the work is worth half of the points.
    """
    verdict, reason = _verdict(checks)
    earned = 0
    if checks and verdict is not Verdict.COULD_NOT_CHECK:
        passed = sum(check.weight for check in checks if check.verdict is Verdict.PASS)
        earned = task.points * passed // sum(check.weight for check in checks)
    return TaskResult(task.number, task.title, task.points, earned, verdict, reason, tuple(checks), task.bonus)


def _verdict(checks: Sequence[CheckResult]) -> tuple[Verdict, str | None]:
    """Return the verdict of the worst check, with its reason: could not check, then failed, then skipped."""
    if not checks:
        return Verdict.COULD_NOT_CHECK, "this task has no check"
    for verdict in (Verdict.COULD_NOT_CHECK, Verdict.FAIL, Verdict.SKIPPED):
        for check in checks:
            if check.verdict is verdict:
                return verdict, None if verdict is Verdict.FAIL else check.message
    return Verdict.PASS, None


def score_total(assignment: Assignment, tasks: Sequence[TaskResult]) -> dict[str, Any]:
    """Return the fields of a Result that follow from its tasks: status, score, reason, bonus, maximum."""
    broken = [task for task in tasks if task.verdict is Verdict.COULD_NOT_CHECK and not task.bonus]
    if broken:
        reason = f"task {broken[0].number} could not be checked: {broken[0].reason}"
        return {"status": COULD_NOT_GRADE, "score": None, "reason": reason, "max_score": assignment.max_score}
    return {
        "status": GRADED,
        "score": sum(task.earned for task in tasks if not task.bonus),
        "bonus": sum(task.earned for task in tasks if task.bonus),
        "max_score": assignment.max_score,
    }


def utc_timestamp(moment: datetime | None = None) -> str:
    """Return a moment, or now, in UTC as results and gradebooks show it, such as 2026-11-21T22:59:00Z."""
    return (moment or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
