"""The stand-in for GitHub is held against GitHub's own description."""

import httpx
import pytest
from github_stand_in.description import NotDescribedError, operation, sample


def send(stand_in, method, path, body=None, **query):
    """Send a request past the kit."""
    headers = {"authorization": f"token {stand_in.token}"}
    return stand_in.handle(
        httpx.Request(method, f"https://api.github.com{path}", json=body, params=query, headers=headers)
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "query"),
    [
        ("GET", "/orgs/school/members", None, {}),
        ("PATCH", "/users/ada", None, {}),
        ("GET", "/orgs/school/repos", None, {"colour": "red"}),
        ("GET", "/orgs/school/repos", None, {"per_page": "many"}),
        ("GET", "/users/ada", {"name": "Ada"}, {}),
        ("POST", "/repos/school/week1-hello-api/generate", {"owner": "school"}, {}),
        ("POST", "/repos/school/week1-hello-api/generate", {"name": "x", "privat": True}, {}),
        ("POST", "/repos/school/week1-hello-api/generate", {"name": "x", "private": "yes"}, {}),
    ],
)
def test_a_request_that_is_not_described_fails(stand_in, method, path, body, query):
    """Endpoint, query parameter, its type, body, required field, unknown field, type of a field."""
    with pytest.raises(NotDescribedError):
        send(stand_in, method, path, body, **query)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {"login": "ada"}), (200, None), (204, None), (201, {}), (418, {"message": ["a", "list"]})],
)
def test_a_response_that_is_not_described_is_not_given(status, body):
    """Neither with missing properties nor with another status."""
    found, _ = operation("GET", "/users/ada")

    with pytest.raises(NotDescribedError):
        found.check_response(status, body)


def test_a_response_that_is_described_is_given():
    """An object with its required properties, and an error that any endpoint may return."""
    found, _ = operation("GET", "/users/ada")

    found.check_response(200, sample("public-user", user_view_type="public"))
    found.check_response(403, {"message": "API rate limit exceeded"})
