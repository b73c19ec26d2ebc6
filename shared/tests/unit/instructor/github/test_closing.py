"""A week is closed and opened again on GitHub, by the deadline and each student's extension."""

from datetime import UTC, datetime, timedelta

import pytest
from classroom.instructor.github.closing import Closing
from classroom.instructor.github.hand_out import HandingOut
from classroom.instructor.github.provider import ProviderError
from classroom.instructor.grading.deadline import Deadline

from .conftest import NAMES, WEEK, student

NOW = datetime(2026, 11, 22, tzinfo=UTC)
STUDENTS = [student(name) for name in NAMES]


@pytest.fixture
def closing(course, stand_in):
    """The week, handed out; Ada has accepted, Bob is invited, Cleo has declined."""
    list(HandingOut(course.provider, WEEK, course.template, STUDENTS).run())
    stand_in.accept(f"{WEEK}-ada", "ada")
    stand_in.decline(f"{WEEK}-cleo", "cleo")
    return Closing(course.provider, WEEK, course.template)


def access(stand_in, name):
    """Return what an account may do in its repository: push, pull, or nothing."""
    return stand_in.of(f"{WEEK}-{name}").collaborators.get(stand_in.accounts[name][1])


def test_closed_is_read_only(closing, stand_in):
    """Who has accepted can still read; an invitation that could be accepted later is withdrawn."""
    rows = list(closing.close(STUDENTS, NOW))

    assert [row.state for row in rows] == ["closed", "invitation withdrawn", "not invited"]
    assert access(stand_in, "ada") == "pull"
    assert not stand_in.of(f"{WEEK}-bob").invitations


def test_reopened_may_push_again(closing, stand_in):
    """Who had not accepted is invited again."""
    list(closing.close(STUDENTS, NOW))

    assert [row.state for row in closing.reopen(STUDENTS)] == ["reopened", "invited", "invited"]
    assert access(stand_in, "ada") == "push"


def test_an_extension_keeps_a_week_open(closing, stand_in):
    """Each student's own deadline counts."""
    over, later = Deadline(NOW - timedelta(seconds=1)), Deadline(NOW + timedelta(days=2))
    closing.deadline_for = lambda student: later if student.username == "ada" else over

    rows = list(closing.close(STUDENTS, NOW))

    assert (rows[0].state, rows[0].until) == ("open", later)
    assert access(stand_in, "ada") == "push"
    assert rows[1].state == "invitation withdrawn"


def test_an_extension_that_is_given_later_opens_a_week_again(closing, stand_in):
    """Who had accepted can push again; without an invitation, which was withdrawn, it is not called open."""
    list(closing.close(STUDENTS, NOW))
    closing.deadline_for = lambda _: Deadline(NOW + timedelta(days=2))

    rows = list(closing.close(STUDENTS, NOW))

    assert [row.state for row in rows] == ["open", "not invited", "not invited"]
    assert access(stand_in, "ada") == "push"


def test_a_pending_invitation_is_open_before_the_deadline(closing, stand_in):
    """It can be accepted, and nothing is sent."""
    closing.deadline_for = lambda _: Deadline(NOW)
    invitations = dict(stand_in.of(f"{WEEK}-bob").invitations)

    assert list(closing.close(STUDENTS, NOW))[1].state == "open"
    assert stand_in.of(f"{WEEK}-bob").invitations == invitations


def test_an_expired_invitation_is_told_and_sent_again(closing, stand_in):
    """GitHub keeps it, and returns it for a new one: it is withdrawn first."""
    stand_in.expire(f"{WEEK}-bob", "bob")
    closing.deadline_for = lambda _: Deadline(NOW + timedelta(days=2))

    assert list(closing.close(STUDENTS, NOW))[1].state == "invitation expired"
    assert list(closing.reopen(STUDENTS))[1].state == "invited"
    assert [item["expired"] for item in stand_in.of(f"{WEEK}-bob").invitations.values()] == [False]


def test_letter_case_does_not_count(closing, stand_in):
    """Neither of a repository's name nor of an account."""
    assert next(closing.close([student("ADA")], NOW)).state == "closed"
    assert access(stand_in, "ada") == "pull"


def test_again_is_the_same(closing, stand_in):
    """A command that was interrupted can be run again."""
    list(closing.close(STUDENTS, NOW))

    assert [row.state for row in closing.close(STUDENTS, NOW)] == ["closed", "not invited", "not invited"]
    assert access(stand_in, "ada") == "pull"


def test_what_is_not_ours_is_left_alone(closing, stand_in):
    """A repository with a student's name that was not made from the template, a student without one or without a name."""
    other = stand_in.of(f"{WEEK}-ada")
    other.made_from = None

    rows = list(closing.close([*STUDENTS, student("dora"), student("bob", account="")], NOW))

    assert "was not made from" in rows[0].problem
    assert access(stand_in, "ada") == "push"
    assert rows[3].state == "missing"
    assert "no GitHub username" in rows[4].problem


def test_an_account_that_is_gone_does_not_stop_the_others(closing, stand_in):
    """It is told for this student."""
    stand_in.rename("bob", "robert")

    rows = list(closing.reopen(STUDENTS))

    assert "GitHub has no account bob" in rows[1].problem
    assert rows[2].state == "invited"


def test_a_renamed_account_is_told_when_its_week_is_closed(closing, stand_in):
    """It can still push, so it is not a student who was never invited."""
    stand_in.rename("ada", "countess")

    row = next(closing.close(STUDENTS, NOW))

    assert "GitHub has no account ada" in row.problem


def test_who_took_over_a_username_is_not_let_in(closing, stand_in):
    """The roster's github_id is the account's number: with another one the username belongs to a stranger."""
    number = stand_in.accounts["cleo"][1]
    stand_in.rename("cleo", "cleo-b")
    stand_in.add_account("cleo")

    row = next(closing.reopen([student("cleo", other={"github_id": str(number)})]))

    assert f"is no longer the one with the github_id {number}" in row.problem
    assert not stand_in.of(f"{WEEK}-cleo").invitations


def test_a_missing_permission_is_named_before_anything_changes(course, closing, stand_in):
    """To change access needs Administration."""
    stand_in.permissions["administration"] = "read"

    with pytest.raises(ProviderError, match=r"Nothing was changed.*Administration \(read and write\)"):
        Closing(course.provider, WEEK, course.template)
