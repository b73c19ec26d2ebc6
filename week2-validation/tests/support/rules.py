"""The rules for what an app accepts and what it rejects, and sentences that name the value in question."""

import json

import pytest
from classroom import expect

from .products import is_success

CREATED, REJECTIONS, INVALID = 201, range(400, 500), 422
SHORT = 30  # characters of a text that a sentence quotes


def told(named):
    """Return field values in words, such as `price 0` or `a name of 101 characters`."""
    return " and ".join(_told(field, value) for field, value in named.items())


def _told(field, value):
    if value == "":
        return f"an empty {field}"
    if isinstance(value, str) and not value.strip():
        return f"a {field} of {len(value)} spaces"
    if isinstance(value, str) and len(value) > SHORT:
        return f"a {field} of {len(value)} characters"
    if isinstance(value, list) and len(value) > len(set(map(str, value))):
        return f"{field} with one of them twice"
    return f"{field} {json.dumps(value, ensure_ascii=False)}"


def reason(answer):
    """Return what the first error in a 422 says, on a line of its own, or an empty string."""
    errors = decoded(answer).get("detail") if answer.status == INVALID and isinstance(decoded(answer), dict) else None
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    place = first.get("loc")
    where = ".".join(map(str, place[1:])) if isinstance(place, list) else ""
    return f"{where or 'The body'}: {first['msg']}\n" if isinstance(first.get("msg"), str) else ""


def decoded(answer):
    """Return the decoded JSON of a response, or None if it is not JSON."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


@pytest.fixture
def accepted():
    """Check that something valid was accepted: any 2xx will do if the check is not about the status code.

    The sentence names what was sent: `what` in words, or the values by field.
    """

    def check(answer, what=None, **named):
        what = what or told(named) or "a valid body"
        verb = "rejected" if answer.status in REJECTIONS else "did not accept"
        sentence = f"{reason(answer)}{answer.exchange} {verb} {what}: {answer.status}, expected {CREATED}."
        expect.that(is_success(answer), sentence, answer)
        return expect(answer)

    return check


@pytest.fixture
def rejected():
    """Check that something invalid was rejected with 422, or with another status code if one is given.

    The sentence names what was sent: `what` in words, or the values by field.
    """

    def check(answer, what=None, code=INVALID, **named):
        sentence = f"{answer.exchange} accepted {what or told(named)}: {answer.status}, expected {code}."
        expect.that(not is_success(answer), sentence, answer)
        return expect(answer).refused(code)

    return check
