"""What the table says about a task, and whether a result is the starting point."""

from dataclasses import replace

import pytest
from classroom.core.assignment import Assignment
from classroom.core.result import GRADED, CheckResult, Result, TaskResult, Verdict
from classroom.student.remarks import advice, is_starting_point, remark, waits_for

STUB = '501 Not Implemented\n{"detail":"TODO 2: answer"}'


def task(number=2, verdict=Verdict.FAIL, earned=0, reason=None, **check):
    """Return a task with one check."""
    values = {"name": "c", "hidden": False, "weight": 1, "verdict": verdict, "asks": "It works."}
    return TaskResult(number, "Title", 10, earned, verdict, reason, (CheckResult(**{**values, **check}),))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (task(verdict=Verdict.PASS), ""),
        (task(answer=STUB, message="GET / returned 501, expected 200."), "not written yet"),
        (task(answer=STUB, earned=7, message="GET / returned 501, expected 200."), "TODO 2 is left"),
        (task(message="GET /items returned 404, expected 200."), "404, expected 200"),
        (task(cause="app/main.py, line 3: KeyError: 1", message="…"), "app/main.py, line 3: KeyError: 1"),
        (
            task(answer=STUB, cause="app/main.py, line 3: this raise is above the return"),
            "app/main.py, line 3: this raise is above the return",
        ),
        (task(hidden=True, message="SECRET"), "A hidden check failed here."),
        (task(verdict=Verdict.SKIPPED, reason="because task 3 is not there yet"), "waits for task 3"),
        (task(verdict=Verdict.SKIPPED, reason="because the app does not start (see task 1)"), "the app does not start"),
    ],
)
def test_remark_of_a_task(given, said):
    """A task's line says in few words what is wrong, and never that a task with points is not written."""
    assert remark(given) == said


def test_skipped_task_names_the_earlier_one_it_waits_for():
    """A skipped task leads to the task that comes first."""
    assert waits_for(task(3, Verdict.SKIPPED, reason="because task 2 is not there yet")) == 2
    assert waits_for(task(3, reason="because task 2 is not there yet")) is None


def result(*tasks):
    """Return a result with these tasks."""
    return Result("week1-tiny", "alice", GRADED, sum(task.earned for task in tasks), 100, tasks)


@pytest.fixture
def finished(tmp_path):
    """Return what is said when everything passes, or when one of two tasks was checked, in a week or an extra."""

    def said(*, extra, tasks=2, more="", red_bonus=False):
        title = f'title = "Tiny"\nminutes = 1\nextra = {str(extra).lower()}\n{more}'
        both = "".join(f'[[tasks]]\nnumber = {number}\ntitle = "T"\npoints = 10\n' for number in (1, 2))
        (tmp_path / "assignment.toml").write_text(title + both)
        done = replace(result(*(task(number + 1, Verdict.PASS, 10) for number in range(tasks))), max_score=20)
        if red_bonus:
            bonus = replace(task(2, Verdict.FAIL, 0), bonus=True)
            done = replace(result(task(1, Verdict.PASS, 10), bonus), max_score=10)
        return [each.text for each in advice(Assignment.load(tmp_path), done)]

    return said


def test_extra_need_not_be_handed_in(finished):
    """A week is handed in, and an extra is committed if its author likes."""
    assert finished(extra=False)[-1] == "Hand it in."
    assert finished(extra=True)[-1] == "Commit it if you like: an extra does not count toward your points."


def test_hidden_checks_of_another_kind_are_named(finished):
    """A finished result says what the hidden checks do: use other data, or what the assignment says."""
    usual, own = finished(extra=True), finished(extra=True, more='about_hidden = "They run more apps."\n')

    assert "other data" in usual[1]
    assert own[1] == "They run more apps."


def test_all_tasks_of_an_extra_are_no_week(finished):
    """After a single task, the command for all of them is shown."""
    assert finished(extra=False, tasks=1)[-1].startswith("The whole week: ")
    assert finished(extra=True, tasks=1)[-1].startswith("All tasks: ")


def test_starter_is_the_starting_point():
    """With task 1 done and stubs for the rest, nothing is written."""
    assert is_starting_point(result(task(1, Verdict.PASS, 5), task(answer=STUB), task(3, answer="404 Not Found")))


def test_points_of_a_later_task_are_no_starting_point():
    """A task that has earned something counts as begun."""
    assert not is_starting_point(result(task(1, Verdict.PASS, 5), task(answer=STUB, earned=3)))


def test_error_of_the_students_code_is_no_starting_point():
    """A wrong response, or an error with a cause, is the student's own work."""
    assert not is_starting_point(result(task(1, Verdict.PASS, 5), task(answer="200 OK\n{}")))
    assert not is_starting_point(result(task(1, Verdict.PASS, 5), task(cause="app/main.py, line 1: x")))


def test_full_score_with_a_red_bonus_is_not_everything(finished):
    """A red bonus task, whose card is shown, is named next to the full score."""
    first, *_, last = finished(extra=False, red_bonus=True)

    assert first == "All 10 points; bonus task 2 is still red. Well done!"
    assert last == "Hand it in."
