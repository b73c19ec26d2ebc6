"""Points, verdicts and the result as JSON."""

import pytest
from classroom.core.assignment import Task
from classroom.core.files import write_atomic
from classroom.core.result import CheckResult, Result, Verdict, score_task

TASK = Task(3, "One item", 20)


def check(verdict, weight=1, message=None):
    """Return a check with this verdict."""
    return CheckResult("name", False, weight, verdict, "It answers.", message)


class TestMark:
    def test_all_passed_earns_all_points(self):
        """A task with every check passed earns all its points."""
        assert score_task(TASK, [check(Verdict.PASS)] * 3).earned == 20

    def test_points_are_rounded_down(self):
        """Two of three checks earn two thirds of the points, rounded down."""
        task = score_task(TASK, [check(Verdict.PASS), check(Verdict.PASS), check(Verdict.FAIL)])

        assert (task.earned, task.verdict) == (13, Verdict.FAIL)

    def test_weight_counts(self):
        """A check of weight 3 next to one of weight 1 is worth three quarters."""
        assert score_task(TASK, [check(Verdict.PASS, 3), check(Verdict.FAIL, 1)]).earned == 15

    def test_last_point_needs_every_check(self):
        """A hundred passed checks and one failed check do not earn the last point."""
        assert score_task(TASK, [*[check(Verdict.PASS)] * 100, check(Verdict.FAIL)]).earned < 20

    def test_skipped_check_takes_nothing_from_the_others(self):
        """A skipped check earns nothing, and the task keeps the points of its other checks."""
        task = score_task(
            TASK, [check(Verdict.PASS), check(Verdict.SKIPPED, message="because task 2 is not there yet")]
        )

        assert (task.earned, task.verdict, task.reason) == (10, Verdict.SKIPPED, "because task 2 is not there yet")

    def test_our_trouble_comes_before_a_failure(self):
        """A check that could not be run makes the task could-not-check, even if another one failed."""
        task = score_task(TASK, [check(Verdict.FAIL), check(Verdict.COULD_NOT_CHECK, message="no database")])

        assert (task.verdict, task.reason) == (Verdict.COULD_NOT_CHECK, "no database")

    def test_task_without_checks_is_not_green(self):
        """A task that has no check cannot be passed."""
        assert score_task(TASK, []).verdict is Verdict.COULD_NOT_CHECK


@pytest.mark.parametrize(
    ("answer", "stub"),
    [
        ('501 Not Implemented\n{"detail":"TODO 3: one item"}', True),
        ('501 Not Implemented\n{"detail":"TODO 2: health"}', True),
        ('501 Not Implemented\n{"detail":"TODO 10: a database that failed"}', False),
        ('500 Internal Server Error\n{"detail":"TODO 3"}', False),
        (None, False),
    ],
    ids=["its own stub", "an earlier task's stub", "a later task's stub", "another status", "no response"],
)
def test_stub_of_a_later_task_is_no_stub_of_this_one(answer, stub):
    """A 501 means that a task is not written yet if it names the TODO of this task or of an earlier one."""
    assert CheckResult("name", False, 1, Verdict.FAIL, answer=answer).is_stub(3) is stub


def test_stub_of_a_migration_is_one():
    """A file outside the app that raises its TODO is not written yet, as the message says."""
    message = "migrations/versions/0001_a.py, line 15: TODO 3 is not written yet.\nalembic upgrade head failed."

    assert CheckResult("name", False, 1, Verdict.FAIL, message=message).is_stub(3)


class TestJson:
    RESULT = Result("week1", "alice", "graded", 13, 20, (score_task(TASK, [check(Verdict.PASS)]),), notes=("a note",))

    def test_result_survives_the_way_through_json(self):
        """A result read back from its own JSON is equal to itself."""
        assert Result.from_json(self.RESULT.to_json()) == self.RESULT

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "classroom/result/v1"}', '{"schema": "other"}'])
    def test_what_is_no_result_is_refused(self, text):
        """A text that is not a result of this version raises a ValueError."""
        with pytest.raises(ValueError, match=r"result|Expecting"):
            Result.from_json(text)


def test_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    """A write that fails leaves the old text and no other file."""
    target = tmp_path / "result.json"
    write_atomic(target, "old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        write_atomic(target, "new")

    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
