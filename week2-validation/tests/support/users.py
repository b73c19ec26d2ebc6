"""Users to send, and what a response may show of them."""

import json

import pytest
from classroom import expect, matching
from classroom.checks.words import FAMILIES, FIRST_NAMES

NOT_VALID = 422


def texts(answer):
    """Yield the path and the value of each string in a response, such as `detail[0].input.password`."""
    try:
        todo = [("", answer.json)]
    except AssertionError:
        return
    while todo:
        path, value = todo.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            todo += [(f"{path}.{name}".lstrip("."), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            todo += [(f"{path}[{index}]", inner) for index, inner in enumerate(value)]


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
    """Make a user as a client would send it: with different values each time, except for those that are given."""

    def make(**named):
        first, last, number = draw.one_of(FIRST_NAMES), draw.one_of(FAMILIES), draw.randint(100_000, 999_999)
        body = {
            "name": f"{first} {last} {number}",
            "email": f"{first}.{last}{number}@example.com".lower(),
            "age": draw.randint(18, 90),
            "password": f"{draw.word(9)}-{draw.randint(1000, 9999)}-{draw.word(5)}",
        }
        return body | named

    return make


@pytest.fixture
def shown():
    """Turn a user into what the app returns for it; the email may be in upper or lower case."""

    def make(user, **named):
        email = matching(lambda answered: answered.lower() == user["email"].lower(), f"{user['email']} in any case")
        return {"id": int, "name": user["name"], "email": email, "age": user["age"]} | named

    return make


@pytest.fixture
def keeps_secret():
    """Check that a response contains neither the password nor a field named after it.

    In a 422 the word is allowed, for example in `loc`: there only the value counts.
    """

    def check(answer, password):
        for secret in (password, json.dumps(password)[1:-1]):
            shown = f"{answer.text} {' '.join(answer.headers.values())}"
            place = next((f", in `{path}`" for path, text in texts(answer) if secret in text), "")
            sentence = f"The {answer.status} response to {answer.exchange} contains the password{place}."
            expect.that(secret not in shown, sentence, answer)
        if answer.status != NOT_VALID:
            named = [name for name in field_names(answer) if "password" in name.lower()]
            expect.that(
                not named,
                f"The {answer.status} response to {answer.exchange} has a field with `password` in its name.",
                answer,
            )

    return check
