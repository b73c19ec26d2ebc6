"""The OpenAPI document of an app, in the spellings that apps use."""

import json
from types import SimpleNamespace

import pytest
from classroom import ApiDescription
from classroom.apps.exchange import Answer, Exchange, Failure, Headers

DOCUMENT = {
    "paths": {
        "/notes/{number}/": {
            "get": {"tags": ["notes"], "parameters": [{"schema": {"$ref": "#/components/schemas/Kind"}}]}
        },
        "/kinds": {"get": {"parameters": [{"schema": {"pattern": r"^(long|short)\d$"}}, {"schema": {"const": "odd"}}]}},
        "/broken": {"get": {"schema": {"$ref": "#/nowhere"}}},
        "/odd": [],
    },
    "components": {"schemas": {"Kind": {"enum": ["a", "b", 3], "again": {"$ref": "#/components/schemas/Kind"}}}},
}


def described(document):
    """The description of an app that serves this document."""
    answer = Answer(200, Headers(), json.dumps(document).encode(), Exchange("GET", "/openapi.json"))
    return ApiDescription(SimpleNamespace(get=lambda _: answer))


def test_operation_is_found_whatever_its_parameters_are_called():
    """The names of parameters and a slash at the end of a path make no difference."""
    assert described(DOCUMENT).operation("/notes/{note_id}")["tags"] == ["notes"]


def test_missing_operation_fails_the_check():
    """A path that is not documented fails with a sentence that names it."""
    with pytest.raises(Failure, match=r"no entry for GET /odd\."):
        described(DOCUMENT).operation("/odd")


def test_card_shows_the_operation_that_was_looked_at():
    """A response whose operation was read shows that operation, first and whole what the check is about."""
    description = described(DOCUMENT)

    description.operation("/notes/{number}", "parameters")

    shown = '{"parameters": [{"schema": {"$ref": "#/components/schemas/Kind"}}], "tags": ["notes"]}'
    assert str(description.answer) == f"200 OK\nthe entry for GET /notes/{{number}}/: {shown}"


def test_card_leaves_out_what_is_nested():
    """Entries that the check is not about are shown without what is nested in them."""
    description = described(DOCUMENT)

    description.operation("/kinds", "tags")

    assert str(description.answer) == '200 OK\nthe entry for GET /kinds: {"parameters": …}'


def test_card_of_a_missing_operation_shows_the_paths():
    """If a path is not documented, the card shows those that are."""
    with pytest.raises(Failure) as error:
        described(DOCUMENT).operation("/notes")

    assert str(error.value.answer) == '200 OK\npaths: {"/notes/{number}/": …, "/kinds": …, "/broken": …, "/odd": []}'


@pytest.mark.parametrize(
    ("path", "choices"),
    [("/notes/{id}", {"a", "b"}), ("/kinds", {"long", "short", "odd"}), ("/broken", set())],
)
def test_choices_are_those_of_enums_constants_and_patterns(path, choices):
    """References are followed once each, wherever they lead."""
    assert described(DOCUMENT).choices(path) == choices


def test_tags_are_seen():
    """A description has tags if any GET has one."""
    untagged = {"paths": {"/kinds": DOCUMENT["paths"]["/kinds"]}}

    assert described(DOCUMENT).has_tags()
    assert not described(untagged).has_tags()


def test_no_document_fails_the_check():
    """A response without paths fails the check."""
    with pytest.raises(Failure):
        described({"openapi": "3.1.0"})
