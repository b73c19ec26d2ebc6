"""Requests to GitHub: patient with its limits, and clear about what went wrong."""

from itertools import pairwise

import httpx
import pytest
from classroom.core.errors import UsageError
from classroom.instructor.github.connection import Connection, accepted_permissions
from classroom.instructor.github.hand_out import HandingOut
from classroom.instructor.github.organization import GitHubOrganization, github
from classroom.instructor.github.provider import ProviderError
from github_stand_in import GitHub

from .conftest import WEEK, student


def test_lists_have_all_pages(course, stand_in):
    """An organization with more repositories than fit on a page is read to its end."""
    for number in range(120):
        stand_in.add(f"old-{number}")

    assert len(course.provider.repositories()) == 121


def test_changes_are_a_second_apart(course, stand_in):
    """GitHub asks for it; reading needs no pause."""
    students = [student(name) for name in ("ada", "bob")]

    list(HandingOut(course.provider, WEEK, course.template, students).run())

    moments = stand_in.changes
    assert len(moments) == 5
    assert all(later - earlier > 0.99 for earlier, later in pairwise(moments))
    assert course.told == []


def test_a_used_up_hour_is_waited_for(course, stand_in):
    """The primary limit ends at the time that GitHub names; then the same request is sent again."""
    stand_in.used = stand_in.per_hour

    assert course.template.is_template
    assert course.told[0].startswith("GitHub's rate limit: waiting 60 minutes, until ")


def test_a_secondary_limit_slows_down_and_ends(open_course):
    """With a fourth of GitHub's own limit, thirty students are handed their repositories all the same."""
    names = [f"student-{number}" for number in range(30)]
    stand_in = GitHub("school", *names)
    stand_in.add(WEEK, is_template=True)
    stand_in.changes_per_minute = 20
    course = open_course(stand_in)

    rows = list(HandingOut(course.provider, WEEK, course.template, [student(name) for name in names]).run())

    assert {(row.state, row.access) for row in rows} == {("new", "invited")}
    assert "GitHub's rate limit: waiting 30 seconds" in course.told[0]


def test_a_wait_that_is_too_long_ends_with_the_time(course, stand_in):
    """Beyond an hour the command ends, and says when to run it again."""
    stand_in.used, stand_in.reset = stand_in.per_hour, stand_in.now + 10_000

    with pytest.raises(ProviderError, match=r"rate limit is used up until 2026-11-10 \d\d:\d\d: try again then"):
        course.provider.repositories()


def test_a_broken_response_is_asked_for_again(course, stand_in):
    """Two errors of GitHub's own, and then the response."""
    stand_in.broken = [502, 503]

    assert course.template.name == WEEK
    assert stand_in.pauses == [2, 4]


def test_github_that_stays_broken_is_told(course, stand_in):
    """After five attempts the command ends."""
    stand_in.broken = [502] * 5

    with pytest.raises(ProviderError, match="GitHub could not list the repositories of school: 502 Server Error"):
        course.provider.repositories()


def test_no_network_is_told(stand_in):
    """The reason is the system's, the advice is ours."""

    def fail(_):
        raise httpx.ConnectError("Name or service not known")

    connection = Connection("a-token", transport=httpx.MockTransport(fail), clock=stand_in.clock, pause=stand_in.pause)
    with (
        GitHubOrganization("school", connection) as provider,
        pytest.raises(ProviderError, match=r"api.github.com cannot be reached \(Name or service not known\)"),
    ):
        provider.repositories()


@pytest.mark.parametrize(
    ("error", "times"), [(httpx.ReadTimeout, 1), (httpx.RemoteProtocolError, 1), (httpx.ConnectError, 5)]
)
def test_a_comment_is_sent_again_only_if_it_was_not_sent(stand_in, error, times):
    """A response that was lost could be that of a comment which is there."""
    sent = []

    def fail(request):
        sent.append(request)
        raise error("lost")

    connection = Connection("a-token", transport=httpx.MockTransport(fail), clock=stand_in.clock, pause=stand_in.pause)
    with GitHubOrganization("school", connection) as provider, pytest.raises(ProviderError):
        provider.comment("start", 1, "Hello")
    assert len(sent) == times


def test_a_wrong_token_is_told(open_course, stand_in):
    """It may be misspelled, expired or revoked: GitHub does not say which."""
    course = open_course(stand_in)
    stand_in.token = "another"

    with pytest.raises(ProviderError, match=r"does not accept the token in CLASSROOM_TOKEN \(Bad credentials\)"):
        course.provider.repositories()


def test_an_unknown_organization_is_told(stand_in, open_course):
    """The name may be wrong, or the token may be for another organization."""
    course = open_course(stand_in)
    course.provider.organization = "shcool"

    with pytest.raises(UsageError, match="There is no organization shcool on GitHub"):
        course.provider.repositories()


@pytest.mark.parametrize(
    ("organization", "token", "told"),
    [
        ("school", "", "Set CLASSROOM_TOKEN to a token for school"),
        ("school", "ghp_ä", "CLASSROOM_TOKEN is not a token"),
        ("school/week1", "a-token", "school/week1 is not an organization's name"),
    ],
)
def test_what_is_missing_is_told_before_any_request(monkeypatch, organization, token, told):
    """One sentence for each."""
    monkeypatch.setenv("CLASSROOM_TOKEN", token)

    with pytest.raises(UsageError, match=told), github(organization, print):
        pass


@pytest.mark.parametrize("address", ["api.github.com", "https://", "https://school example"])
def test_an_invalid_address_is_reported_before_any_request(monkeypatch, address):
    """It cannot be reached however often it is tried."""
    monkeypatch.setenv("CLASSROOM_TOKEN", "a-token")
    monkeypatch.setenv("GITHUB_API_URL", address)

    with pytest.raises(UsageError, match="GITHUB_API_URL is not an address"), github("school", print):
        pass


def test_a_page_instead_of_data_is_reported(stand_in):
    """A network that asks to sign in, or GitHub Enterprise Server without /api/v3, returns HTML and the status 200."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, html="<h1>Sign in</h1>"))
    connection = Connection("a-token", transport=transport, clock=stand_in.clock, pause=stand_in.pause)

    with (
        GitHubOrganization("school", connection) as provider,
        pytest.raises(ProviderError, match=r"api\.github\.com returned a page instead of data"),
    ):
        provider.repositories()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("contents=read", "Contents (read)"),
        ("issues=write; pull_requests=write", "Issues (write) or Pull requests (write)"),
        ("administration=write,contents=read", "Administration (write) and Contents (read)"),
        ("", ""),
    ],
)
def test_permissions_are_read_from_the_response(header, words):
    """GitHub separates alternatives by semicolons and what is needed together by commas."""
    assert accepted_permissions({"x-accepted-github-permissions": header}) == words


def test_a_permission_that_is_lost_on_the_way_is_named(course, stand_in):
    """GitHub names it in the response."""
    del stand_in.permissions["administration"]

    with pytest.raises(
        ProviderError, match=r"is not allowed to read the invitations to .*: it needs the permission Administration"
    ):
        course.provider.invitations(WEEK)
