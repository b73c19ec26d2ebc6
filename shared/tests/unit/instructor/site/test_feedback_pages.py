"""Official feedback on the pages of a student."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from classroom.core.errors import CouldNotCheck
from classroom.core.result import CheckResult, Result, TaskResult, Verdict
from classroom.instructor.classrooms.repository import Repository
from classroom.instructor.site import official

WEEK = "/weeks/week1-tiny"


@pytest.fixture
def ada(joined):
    """Ada's browser."""
    return joined("ada")


def result(score=42):
    """Return an official result with a hidden check that failed."""
    check = CheckResult(
        "test_more", True, 1, Verdict.FAIL, "Doubles more.", "<script>SECRET</script>", printed="SECRET"
    )
    task = TaskResult(1, "<b>Hello</b>", 100, score, Verdict.FAIL, None, (check,))
    return Result("week1-tiny", "ada", "graded", score, 100, (task,), commit="1" * 40, scope="official")


def test_nothing_official_before_the_release(room, ada):
    """Before a release there is neither a page nor a panel, also while a grading exists."""
    room.state_dir.joinpath("grades/week1-tiny/results").mkdir(parents=True)

    assert ada.get(f"{WEEK}/feedback").status_code == 404
    assert "Official result" not in ada.get(f"{WEEK}/parts/official").text


def test_release_shows_points_and_feedback(room, ada, joined):
    """A release shows the own points and feedback, without hidden data; the others see nothing of it."""
    official.publish(room, "week1-tiny", {"ada": result()}, "Instructor")
    page = ada.get(f"{WEEK}/feedback").text

    assert "42" in ada.get(f"{WEEK}/parts/official").text
    assert "42 of 100 points" in page
    assert ("SECRET" in page, "<b>Hello" in page) == (False, False)
    assert "Official: 42 of 100" in ada.get("/weeks/").text
    bob = joined("bob")
    assert (bob.get(f"{WEEK}/feedback").status_code, "Official:" in bob.get("/weeks/").text) == (404, False)


def test_release_that_is_taken_back_is_gone(room, ada):
    """After it was taken back nothing is shown, although the branch of the repository still has it."""
    official.publish(room, "week1-tiny", {"ada": result()}, "Instructor")
    room.repository("week1-tiny", "ada").reply("feedback", "FEEDBACK.md", "# Well done", "Feedback")
    official.take_back(room, "week1-tiny")

    assert ada.get(f"{WEEK}/feedback").status_code == 404


def test_feedback_of_the_command_is_shown(room, ada):
    """What `classroom feedback` puts into a repository is on the page, and stays text."""
    repository = room.repository("week1-tiny", "ada")
    repository.reply("feedback", "SCORECARD.md", "no official result", "Scorecard")
    assert ada.get(f"{WEEK}/feedback").status_code == 404

    repository.reply("feedback", "FEEDBACK.md", "# Well done\n\n<script>alert(1)</script>", "Feedback")
    page = ada.get(f"{WEEK}/feedback").text
    assert ("Well done" in page, "<script>alert" in page) == (True, False)
    assert "Read your feedback" in ada.get(f"{WEEK}/").text


def test_feedback_is_read_again_after_git_has_failed(room, ada, monkeypatch):
    """If git does not finish in time once, the feedback is there at the next look, although nothing has changed."""
    room.repository("week1-tiny", "ada").reply("feedback", "FEEDBACK.md", "# Well done", "Feedback")
    with monkeypatch.context() as slow:
        slow.setattr(Repository, "text", Mock(side_effect=CouldNotCheck("git did not finish within 300 seconds.")))
        assert ada.get(f"{WEEK}/feedback").status_code == 404

    assert "Well done" in ada.get(f"{WEEK}/feedback").text
