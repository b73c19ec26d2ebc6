"""Users to send, and what a response may show of them."""

import json

import pytest
from classroom import expect, matching

NOT_VALID = 422


def field_names(answer):
    """Yield the names of all fields in a response, at any depth."""
    todo = [answer.json] if answer.text.strip() else []
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            yield from value
            todo += value.values()
        elif isinstance(value, list):
            todo += value


@pytest.fixture
def user(draw):
    """Make a user as a client sends it: other values each time, except for those that are named."""

    def make(**named):
        body = {
            "name": f"{draw.word()} {draw.word(5)}",
            "email": f"{draw.word()}.{draw.word(5)}@example.com",
            "age": draw.randint(18, 90),
            "password": f"{draw.word(9)}-{draw.randint(1000, 9999)}-{draw.word(5)}",
        }
        return body | named

    return make


@pytest.fixture
def shown():
    """Make of a user what the app shows of it; an email may come back in either case."""

    def make(user, **named):
        email = matching(lambda answered: answered.lower() == user["email"].lower(), f"{user['email']} in any case")
        return {"id": int, "name": user["name"], "email": email, "age": user["age"]} | named

    return make


@pytest.fixture
def keeps_secret():
    """Check that a response does not hold the password, nor a field named after it.

    In a 422 the word is allowed, in `loc` above all: there only the value counts.
    """

    def check(answer, password):
        for secret in (password, json.dumps(password)[1:-1]):
            shown = f"{answer.text} {' '.join(answer.headers.values())}"
            expect.that(secret not in shown, "The answer holds the password that was sent.", answer)
        if answer.status != NOT_VALID:
            named = [name for name in field_names(answer) if "password" in name.lower()]
            expect.that(not named, "The answer has a field with `password` in its name.", answer)

    return check
