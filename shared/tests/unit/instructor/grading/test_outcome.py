"""What counts of a submission: the better of two attempts, and what another grading has changed."""

from classroom.core.branches import UNCHANGED
from classroom.core.result import COULD_NOT_GRADE, GRADED, NOT_STARTED, Result, TaskResult, Verdict
from classroom.instructor.grading.outcome import better, score_change, with_status


def result(score, **more):
    """A result of one task."""
    task = TaskResult(1, "Only", 100, score or 0, Verdict.PASS, None, ())
    return Result("week1-tiny", "ada", **{"status": GRADED, "score": score, "max_score": 100, "tasks": (task,), **more})


def test_late_attempt_that_is_worth_more_counts():
    """A late submission counts where it is worth more than the one in time, after its penalty."""
    found = better([result(60), result(80, late="1 day, 10 points off")])

    assert (found.score, found.notes) == (80, ("the last on-time submission has 60 points",))


def test_late_attempt_never_costs_what_was_in_time():
    """An on-time submission keeps its points whatever is pushed after the deadline, and the note names the late one."""
    found = better([result(100), result(0, late="1 day, 10 points off")])

    note = "the last on-time submission counts, because the late one has 0 points (1 day, 10 points off)"
    assert (found.score, found.late, found.notes) == (100, None, (note,))


def test_student_who_has_begun_late_is_not_called_not_started():
    """Where only the handout was there in time, late work counts as graded, even if its penalty takes all points."""
    late = result(0, late="3 days, 100 points off")

    found = better([result(0, status=NOT_STARTED, notes=(UNCHANGED,)), late])

    assert (found.status, found.score, found.late) == (GRADED, 0, late.late)


def test_attempt_that_could_not_be_graded_is_not_passed_over():
    """If one of the two could not be graded, it is unknown which one is better."""
    broken = result(None, status=COULD_NOT_GRADE)

    assert better([result(100), broken]) is broken


def test_one_attempt_is_what_counts():
    """With one attempt there is nothing to choose and nothing to remark."""
    assert better([result(70)]) == result(70)


def test_unchanged_files_are_not_started():
    """A submission in which everything is as it was handed out has no points, whatever its checks gave."""
    found = with_status(result(5, notes=(UNCHANGED,)))

    assert (found.status, found.score) == (NOT_STARTED, 0)


def test_changed_score_names_its_tasks():
    """A change of a score says before, after and the task; an equal score is not a change."""
    assert str(score_change(result(92), result(100))) == "ada 92 → 100 (task 1)"
    assert score_change(result(92), result(92)) is None
    assert score_change(None, result(92)) is None
