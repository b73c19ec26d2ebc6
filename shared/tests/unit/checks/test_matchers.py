"""Matchers: comparing a response with what is expected."""

import pytest
from classroom import anything, exactly, matching, one_of, unordered
from classroom.checks.matchers import difference

SAME = [
    ({"id": 1, "more": 2}, {"id": 1}),
    ([1, 2], [1, 2]),
    (5, 5.0),
    (19.99, 19.99),
    ({"id": 7}, {"id": int}),
    (3, float),
    ([2, 1], unordered([1, 2])),
    ([{"id": 2, "x": 0}, {"id": 1}], unordered([{"id": 1}, {"id": 2}])),
    ({"a": 1}, exactly({"a": 1})),
    (None, anything),
    ("b", one_of("a", "b")),
    ("2026-01-31", matching(lambda text: len(text) == 10, "a date")),
    ({"a": {"b": [1]}}, {"a": {"b": [int]}}),
]
DIFFERENT = [
    ({"id": 1}, {"name": "x"}, "In the response the field 'name' is missing."),
    ({"a": {"b": 2}}, {"a": {"b": 3}}, "`a.b` is 2, expected 3."),
    ([1, 2, 3], [1, 2], "The response has 3 entries, expected 2."),
    ([1], [1, 2], "The response has 1 entry, expected 2."),
    ([1, 3], [1, 2], "`[1]` is 3, expected 2."),
    (True, 1, "The response is true, expected 1."),
    (1, True, "The response is 1, expected true."),
    (True, int, "The response is true, expected an integer."),
    ("5", 5, 'The response is "5", expected 5.'),
    (5.5, int, "The response is 5.5, expected an integer."),
    (None, {"id": 1}, "The response is null, expected an object with 'id'."),
    ({}, [], "The response is {}, expected a list."),
    ({"a": 1, "b": 2}, exactly({"a": 1}), 'In the response there is "b", which is not expected.'),
    ({"a": 1}, unordered([1]), 'The response is {"a": 1}, expected a list.'),
    ([1, 1], unordered([1, 2]), "In the response 2 is missing."),
    ([1, 2, 2], unordered([1, 2]), "In the response 2 is too many."),
    ("c", one_of("a", "b"), 'The response is "c", expected "a" or "b".'),
    (4, matching(lambda text: len(text) == 10, "a date"), "The response is 4, expected a date."),
    (float("nan"), 1, "The response is NaN, expected 1."),
]


@pytest.mark.parametrize(("found", "expected"), SAME)
def test_alike(found, expected):
    """A response that contains what is expected matches, whatever else it contains."""
    assert difference(found, expected) is None


@pytest.mark.parametrize(("found", "expected", "told"), DIFFERENT)
def test_difference_is_told_in_a_sentence(found, expected, told):
    """The first difference is named, with what was found and what was expected."""
    assert difference(found, expected) == told
