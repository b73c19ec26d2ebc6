"""A token that lacks a permission: each command says which one, and has changed nothing."""

import json
from datetime import UTC, datetime

import pytest
from classroom.core.result import GRADED, Result
from classroom.instructor.github.accepting import Accepting, Request
from classroom.instructor.github.closing import Closing
from classroom.instructor.github.feedback import FeedbackIssues
from classroom.instructor.github.hand_out import HandingOut
from classroom.instructor.github.provider import ProviderError
from classroom.instructor.github.updating import Updating
from classroom.instructor.github.week_status import progress_of
from github_stand_in.stand_in import ALL

from .conftest import NAMES, WEEK, student

STUDENTS = [student(name) for name in NAMES]
COMMIT = "a" * 40
WORDS = {"statuses": "Commit statuses", "pull_requests": "Pull requests"}


def hand_out(course, _):
    """Run the command."""
    return list(HandingOut(course.provider, WEEK, course.template, STUDENTS).run())


def accept(course, _):
    """Run the command for a student who has no repository yet."""
    request = Request("school", "start", 1, "cleo", 1, f"### Week\n\n{WEEK}")
    return Accepting(course.provider, [WEEK]).answer(request)


def status(course, _):
    """Run the command."""
    return list(progress_of(course.provider, WEEK, STUDENTS, course.provider.repositories()))


def update(course, _):
    """Run the command as far as it goes without git."""
    return Updating(course.provider, WEEK, course.template, None)


def close(course, _):
    """Run the command."""
    return list(Closing(course.provider, WEEK, course.template).close(STUDENTS, datetime.now(UTC)))


def reopen(course, _):
    """Run the command."""
    return list(Closing(course.provider, WEEK, course.template).reopen(STUDENTS))


def feedback(course, folder):
    """Run the command."""
    return list(FeedbackIssues(course.provider, folder).deliver())


NEEDED = {
    hand_out: {"administration", "contents"},
    accept: {"administration", "contents", "issues"},
    status: {"administration", "contents", "actions"},
    update: {"contents", "pull_requests"},
    close: {"administration", "contents"},
    reopen: {"administration", "contents"},
    feedback: {"issues", "statuses"},
}


@pytest.fixture
def week(stand_in, tmp_path):
    """A week that is under way: Ada has pushed, Bob is invited, Cleo has nothing, and somebody asks in the form."""
    for name in ("ada", "bob"):
        stand_in.add(f"{WEEK}-{name}", made_from=stand_in.of(WEEK))
    stand_in.of(f"{WEEK}-ada").collaborators[stand_in.accounts["ada"][1]] = "push"
    stand_in.push(f"{WEEK}-ada", "ada", "2026-11-20T10:00:00Z", COMMIT)
    stand_in.run(f"{WEEK}-ada", "success")
    stand_in.add("start", private=False)
    stand_in.open_issue("start", "cleo", "My repository", f"### Week\n\n{WEEK}")
    for folder, text in {
        "results/ada.json": Result(WEEK, "ada", GRADED, 90, 100, commit=COMMIT).to_json(),
        "feedback/ada.md": "**90 of 100 points**\n",
    }.items():
        (tmp_path / folder).parent.mkdir()
        (tmp_path / folder).write_text(text)
    return stand_in


def state(stand_in):
    """Return all that a command could change, but for replies to who asks."""
    return json.dumps(
        {
            name: [item.collaborators, item.invitations, item.issues, item.statuses, item.pulls]
            for name, item in stand_in.repositories.items()
        }
    )


@pytest.mark.parametrize("permission", ALL)
@pytest.mark.parametrize("command", NEEDED, ids=lambda command: command.__name__)
def test_a_permission_that_is_missing_is_named_and_nothing_changes(course, week, tmp_path, command, permission):
    """Each permission is taken away in turn; one that a command does not need is not missed."""
    del week.permissions[permission]
    before = state(week)

    if permission not in NEEDED[command]:
        command(course, tmp_path)
        return
    with pytest.raises(ProviderError) as caught:
        command(course, tmp_path)
    words = WORDS.get(permission, permission.capitalize())
    assert f"{words} (read" in str(caught.value)
    assert state(week) == before


def test_a_template_without_issues_has_its_permissions_checked(course, stand_in):
    """Its settings can switch issues off; that says nothing about the token."""
    stand_in.of(WEEK).has_issues = False

    assert course.provider.missing(course.template, ["accept", "feedback"]) == []
