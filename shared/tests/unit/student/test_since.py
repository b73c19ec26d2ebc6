"""What changed since the last check."""

from classroom.core.result import GRADED, Result, TaskResult, Verdict
from classroom.student.since import changes


def result(*earned, assignment="week1"):
    """Return a result with tasks of 10 points each that earned these."""
    verdicts = (Verdict.PASS if points == 10 else Verdict.FAIL for points in earned)
    tasks = tuple(
        TaskResult(number, "T", 10, points, verdict, None, ())
        for number, (points, verdict) in enumerate(zip(earned, verdicts, strict=True), start=1)
    )
    return Result(assignment, "alice", GRADED, sum(earned), 10 * len(earned), tasks)


def test_first_check_has_no_changes():
    """Without an earlier result of this week nothing is said."""
    assert changes(None, result(10)) == []
    assert changes(result(0, assignment="week2"), result(10)) == []


def test_same_result_has_no_changes():
    """If nothing changed, nothing is said."""
    assert changes(result(10, 0), result(10, 0)) == []


def test_tasks_that_pass_now_are_named():
    """Points and tasks that were gained are named."""
    assert changes(result(10, 0, 0), result(10, 10, 10)) == ["+20 since the last check: tasks 2 and 3 pass now."]


def test_task_that_passed_before_is_named():
    """A task that is red again is named, with the points that it costs."""
    assert changes(result(10, 10), result(10, 4)) == ["\N{MINUS SIGN}6 since the last check: task 2 passed before."]


def test_exchange_of_tasks_is_both():
    """Points gained and points lost may cancel out."""
    assert changes(result(10, 0), result(0, 10)) == [
        "+0 since the last check: task 2 passes now; task 1 passed before."
    ]


def test_part_of_a_task_is_points_alone():
    """A task that is still red may have gained points."""
    assert changes(result(0), result(4)) == ["+4 since the last check."]


def test_single_task_is_compared_with_its_own_points():
    """A check of one task is compared with that task of the last check."""
    assert changes(result(0, 10, 10), result(10)) == ["+10 since the last check: task 1 passes now."]
