"""Grades as `grade` leaves them, for tests of what is made from them."""

from types import SimpleNamespace

import pytest
from classroom.core.result import CheckResult, Result, TaskResult, Verdict
from classroom.instructor.grading.students import write_students

POINTS = (10, 60, 30)


def made(name, earned=POINTS, week="week1-tiny", **more):
    """A graded result of three tasks with these points."""
    tasks = []
    for number, (points, got) in enumerate(zip(POINTS, earned, strict=True), 1):
        verdict = Verdict.PASS if points == got else Verdict.FAIL
        message = None if verdict is Verdict.PASS else "Expected 8, but the response was 9."
        check = CheckResult(f"check_{number}", number == 3, 1, verdict, f"Task {number} returns 8.", message)
        tasks.append(TaskResult(number, f"Task {number}", points, got, verdict, None, (check,)))
    return Result(week, name, "graded", sum(earned), 100, tuple(tasks), **more)


def without_points(name, status, week="week1-tiny"):
    """A result of a status other than graded."""
    return Result(week, name, status, None if status in ("excused", "could-not-grade") else 0, 100)


def saved(out, results, students=()):
    """The folder of a grading with these results, and with a roster if there are students."""
    (out / "results").mkdir(parents=True)
    for number, result in enumerate(results):
        (out / "results" / f"{number}.json").write_text(result.to_json(), encoding="utf-8")
    write_students(out, {student.username: student for student in students})
    return out


@pytest.fixture(scope="session")
def cohort():
    """The helpers above, as `cohort.made(...)`."""
    return SimpleNamespace(made=made, without_points=without_points, saved=saved)
