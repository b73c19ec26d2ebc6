"""Loops that may never end."""

import pytest
from classroom.apps.exchange import Exchange
from classroom.checks.causes.cause import request_cause
from classroom.core.result import CheckResult, Verdict

APP = """@app.get("/items/cheapest")
def read_cheapest():
    i = 1
    while {test}:
{body}
    return i
"""
CHANGED_IN_AN_IF = "        if items[i] < 3:\n            i = i + 1"


@pytest.fixture
def told(submission):
    """Return the cause of a request without a response, of an app with this loop."""

    def ask(body, test="i < len(items)", message="GET /items/cheapest: no response within 10 s."):
        result = CheckResult("check", False, 1, Verdict.FAIL, "asks", message=message)
        folder = submission(APP.replace("{test}", test).replace("{body}", body))
        return request_cause(result, 6, Exchange("GET", "/items/cheapest"), "", folder)

    return ask


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (CHANGED_IN_AN_IF, "line 6 changes `i` only under `if items[i] < 3:`"),
        ("        print(items)", "no line in it changes `i` or `items`"),
    ],
)
def test_loop_that_may_never_end(told, body, reason):
    """A loop whose counter may stay the same is named."""
    assert told(body) == f"app/main.py, line 4: this while loop may never end: {reason}."


@pytest.mark.parametrize(
    ("body", "test"),
    [
        ("        i = i + 1", "i < len(items)"),
        ("        if i:\n            i += 1\n        else:\n            i += 2", "i < len(items)"),
        ("        if items[i] < 3:\n            break", "i < len(items)"),
        ("        queue.pop()", "queue"),
        ("        items[i] = 1", "i < len(items)"),
        ("        queue.pop()", "queue != []"),
    ],
)
def test_loop_that_ends_is_not_blamed(told, body, test):
    """A loop that counts, leaves or empties something is not named."""
    assert told(body, test) is None


def test_other_failures_are_not_explained_by_a_loop(told):
    """A connection that was closed is not a loop."""
    assert told(CHANGED_IN_AN_IF, message="the connection was closed") is None
