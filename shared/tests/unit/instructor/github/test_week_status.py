"""How a week is going on GitHub: accepted, started, in time by GitHub's clock, checks passed."""

from datetime import UTC, datetime

import pytest
from classroom.instructor.github.hand_out import HandingOut
from classroom.instructor.github.week_status import progress_of
from classroom.instructor.grading.deadline import Deadline

from .conftest import NAMES, WEEK, student

DUE = Deadline(datetime(2026, 11, 21, 23, 59, tzinfo=UTC))
IN_TIME, LATE = "2026-11-21T23:58:59Z", "2026-11-22T00:00:00Z"


@pytest.fixture
def status(course):
    """Hand the week out; return a function that returns how a student is doing."""
    list(HandingOut(course.provider, WEEK, course.template, [student(name) for name in NAMES]).run())

    def of(name, deadline=None):
        repositories = course.provider.repositories()
        found = progress_of(course.provider, WEEK, [student(name)], repositories, lambda _: deadline)
        return next(iter(found))

    return of


def test_who_has_no_repository_is_missing(status, stand_in):
    """The week was not handed out to this student."""
    stand_in.add_account("dora")

    assert status("dora").status == "missing"


@pytest.mark.parametrize(
    ("event", "told"), [(None, "invited"), ("expire", "invitation expired"), ("decline", "declined")]
)
def test_who_has_not_accepted_is_told_with_the_invitation(status, stand_in, event, told):
    """Pending, expired, or no longer there."""
    if event:
        getattr(stand_in, event)(f"{WEEK}-ada", "ada")

    assert status("ada").status == "not-accepted"
    assert told in status("ada").invitation


def test_a_renamed_account_is_told(status, stand_in):
    """It has accepted, and nobody has the username on the roster anymore."""
    stand_in.accept(f"{WEEK}-ada", "ada")
    stand_in.rename("ada", "countess")

    assert status("ada").invitation == "no such account: renamed?"


def test_letter_case_does_not_count(status, stand_in):
    """A roster may write a username otherwise than GitHub."""
    stand_in.accept(f"{WEEK}-ada", "ada")

    assert status("ADA").status == "not-started"


def test_who_has_accepted_and_not_pushed_has_not_started(status, stand_in):
    """What the template brought is not the student's work."""
    stand_in.accept(f"{WEEK}-ada", "ada")
    stand_in.push(f"{WEEK}-ada", "teacher", IN_TIME, "0" * 40, kind="branch_creation")

    assert status("ada").status == "not-started"


def test_who_has_pushed_has_started(status, stand_in):
    """With the time that GitHub received the latest push, and the outcome of the checks."""
    stand_in.accept(f"{WEEK}-ada", "ada")
    stand_in.push(f"{WEEK}-ada", "ada", IN_TIME, "a" * 40)
    stand_in.push(f"{WEEK}-ada", "ada", LATE, "b" * 40)
    stand_in.run(f"{WEEK}-ada", "success")

    row = status("ada")

    assert (row.status, row.pushed.commit, row.run.outcome, row.run.commit) == (
        "started",
        "b" * 40,
        "success",
        "b" * 40,
    )


def test_a_late_push_does_not_count_whatever_its_commits_say(status, stand_in):
    """GitHub's own time decides; the commits' dates are never asked for."""
    stand_in.push(f"{WEEK}-ada", "ada", LATE, "a" * 40)

    row = status("ada", DUE)

    assert row.pushed.commit == "a" * 40
    assert row.counts is None


def test_a_late_force_push_does_not_lose_the_push_in_time(status, stand_in):
    """The commit that was there at the deadline counts, even if it is on no branch anymore."""
    stand_in.push(f"{WEEK}-ada", "ada", IN_TIME, "a" * 40)
    stand_in.push(f"{WEEK}-ada", "ada", LATE, "b" * 40, kind="force_push")

    row = status("ada", DUE)

    assert row.counts.commit == "a" * 40
    assert row.pushed.forced


def test_a_push_to_another_branch_does_not_count(status, stand_in):
    """Only the default branch is graded."""
    stand_in.push(f"{WEEK}-ada", "ada", IN_TIME, "a" * 40)
    stand_in.of(f"{WEEK}-ada").activity[0]["ref"] = "refs/heads/draft"
    stand_in.accept(f"{WEEK}-ada", "ada")

    assert status("ada").status == "not-started"
