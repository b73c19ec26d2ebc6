"""Expectations about a response, and their sentences."""

import pytest
from classroom.apps.exchange import Answer, Exchange, Failure, GroundMissing, Headers
from classroom.checks.expect import expect, ground


def answer(status=200, body=b"", **headers):
    """Return a response to GET /items."""
    return Answer(status, Headers(headers), body, Exchange("GET", "/items"))


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        (lambda: expect(answer(404)).ok(), "GET /items returned 404, expected 200."),
        (lambda: expect(answer(500)).refused(404, 422), "GET /items returned 500, expected 404 or 422."),
        (lambda: expect(answer(body=b'{"a": 1}')).ok({"a": 2}), "`a` is 1, expected 2."),
        (
            lambda: expect(answer(204, b"no")).deleted(),
            "A 204 response must have no body, but this one has 2 bytes.",
        ),
        (lambda: expect(answer(201)).header("Location"), "The response has no Location header."),
        (lambda: expect(answer(location="/a")).header("location", "/b"), '`location` is "/a", expected "/b".'),
        (lambda: expect.that([], "The list is empty."), "The list is empty."),
    ],
)
def test_failure_says_what_was_returned_and_what_was_expected(failing, sentence):
    """The sentence has both sides, and the response is kept with it."""
    with pytest.raises(Failure) as failure:
        failing()

    assert str(failure.value) == sentence


def test_methods_chain():
    """A response that is as expected passes every method."""
    made = answer(201, b'{"id": 1}', location="/items/1")

    assert expect(made).created({"id": int}).header("location", "/items/1").answer is made
    assert expect(answer(204)).deleted().answer.status == 204


@pytest.mark.parametrize(
    "response",
    [answer(404), answer(500, b"{}"), answer(200, b"no JSON"), answer(200, b"[]"), answer(200, b'{"name": "x"}')],
)
def test_missing_ground_skips_the_check(response):
    """A response that is not a 2xx with the expected fields skips the check instead of failing it."""
    with pytest.raises(GroundMissing):
        expect(response).ground(task=1, has=["id"])


def test_ground_returns_the_json_or_none():
    """Any 2xx is enough, and an empty body has no JSON."""
    assert expect(answer(202, b'{"id": 1}')).ground(task=1, has=["id"]) == {"id": 1}
    assert expect(answer(204)).ground(task=1) is None


def test_ground_of_a_condition():
    """A condition that is false skips the check."""
    ground(condition=True, task=1)
    with pytest.raises(GroundMissing):
        ground(condition=False, task=1)
