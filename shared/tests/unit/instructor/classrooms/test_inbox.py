"""The notices of pushes, and which of a student's is graded."""

from __future__ import annotations

import os

import pytest
from classroom.instructor.classrooms.inbox import SUPERSEDED, Inbox, PushNotice

FIRST, SECOND = "1" * 40, "2" * 40


@pytest.fixture
def inbox(tmp_path):
    """An inbox of a week in which Ada has pushed twice, the second commit last."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "answers").mkdir()
    return Inbox(tmp_path, lambda *_: True, lambda *_: SECOND)


def leave(inbox, name, commit, seconds):
    """Leave a notice as the hook does, at a time by the machine's clock."""
    path = inbox.notices / name
    path.write_text(f"week1\nweek1-ada.git\n{commit}\n2026-11-29T12:00:00Z\n")
    os.utime(path, (seconds, seconds))


@pytest.mark.parametrize(("first", "second"), [(1000, 2000), (5000, 2000), (1000, 1000)])
def test_last_push_is_graded_whatever_the_clock_says(inbox, first, second):
    """Of two pushes that wait the last one is graded, also after the clock was put back between them."""
    leave(inbox, "a", FIRST, first)
    leave(inbox, "b", SECOND, second)

    assert [notice.commit for notice in inbox.waiting([])] == [SECOND]
    assert (inbox.replies / "a").read_text() == SUPERSEDED
    assert [path.name for path in inbox.notices.iterdir()] == ["b"]
    assert [notice.commit for notice in inbox.waiting([])] == [SECOND]


def test_push_that_was_recovered_is_answered_too(inbox):
    """A push that was found in the receipts and has a notice as well is graded once, and the notice gets the reply."""
    leave(inbox, "a", SECOND, 1000)
    inbox.recovered = [PushNotice("", "week1", "ada", SECOND)]

    assert [notice.file for notice in inbox.waiting([])] == ["a"]
    assert list(inbox.replies.iterdir()) == []
