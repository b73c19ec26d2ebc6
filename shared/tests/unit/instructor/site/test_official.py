"""What students see of an official grading: nothing before the release, and never the data of hidden checks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from classroom.core.result import Adjustment, CheckResult, Result, TaskResult, Verdict
from classroom.instructor.site import official

WEEK = "week1-tiny"
SECRET = "the hidden data"


def result(username="ada", score=90, verdict=Verdict.FAIL):
    """Return an official result with a hidden check that says what it should not."""
    told = dict.fromkeys(("message", "request", "answer", "printed", "flaw", "cause"), SECRET)
    checks = (
        CheckResult("test_seen", False, 1, Verdict.FAIL, "Says hello.", "It said nothing."),
        CheckResult("test_hidden", True, 1, verdict, "Says hello to everybody.", **told),
    )
    task = TaskResult(1, "Hello", 100, score, verdict, SECRET if verdict is not Verdict.FAIL else None, checks)
    return Result(
        WEEK, username, "graded", score, 100, (task,), seed=4711, fingerprint="f",
        adjustments=(Adjustment("points", "Task 1: 90 points instead of 80.", 1, 10, "was ill"),),
    )  # fmt: skip


def test_nothing_is_shown_before_the_release(room):
    """A week that was never released has no official result for anybody."""
    assert official.released(room, WEEK) is None
    assert official.result_of(room, WEEK, "ada") is None


def test_release_shows_each_student_the_own_result(room):
    """After the release each student has a result, and it says by whom and since when."""
    made = official.publish(room, WEEK, {"ada": result(), "bob": result("bob", 50)}, "Grace")

    assert official.released(room, WEEK).by == "Grace"
    assert official.released(room, WEEK).number == made.number
    assert official.result_of(room, WEEK, "ada").score == 90
    assert official.result_of(room, WEEK, "bob").score == 50
    assert official.result_of(room, WEEK, "eve") is None
    assert official.result_of(room, WEEK, "../1/ada") is None


def test_a_later_release_replaces_all_of_the_one_before(room):
    """Who has no result in the later release sees none, and older releases are not kept."""
    for score in (10, 20, 30):
        official.publish(room, WEEK, {"ada": result(score=score), f"only-{score}": result()}, "Grace")

    assert official.result_of(room, WEEK, "ada").score == 30
    assert official.result_of(room, WEEK, "only-20") is None
    kept = (room.state_dir / "released" / WEEK).iterdir()
    assert sorted(path.name for path in kept if path.is_dir()) == ["2", "3"]


def test_what_was_taken_back_is_not_shown(room):
    """Taking a release back hides the results, also a second time."""
    official.publish(room, WEEK, {"ada": result()}, "Grace")

    assert official.take_back(room, WEEK)
    assert official.result_of(room, WEEK, "ada") is None
    assert not official.take_back(room, WEEK)


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.COULD_NOT_CHECK])
def test_hidden_data_is_not_in_the_copy(room, verdict):
    """The file that students' pages are made from has no hidden data, no seed, and no reasons of the instructor."""
    given = replace(result(verdict=verdict), reason=SECRET if verdict is Verdict.COULD_NOT_CHECK else None)
    official.publish(room, WEEK, {"ada": given}, "Grace")
    text = next((room.state_dir / "released").rglob("ada.json")).read_text()

    assert [word for word in (SECRET, "4711", "was ill") if word in text] == []
    assert "It said nothing." in text
    assert "Task 1: 90 points instead of 80." in text
