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
    ({"id": 1}, {"name": "x"}, "In the response the field 'name' is missing: there is \"id\"."),
    ({"nam": 1}, {"name": "x"}, "In the response the field 'name' is missing: there is \"nam\" instead."),
    ({"item": {"name": "x"}}, {"name": "x"}, "In the response the field 'name' is missing: it is inside \"item\"."),
    ({}, {"name": "x"}, "In the response the field 'name' is missing: the object is empty."),
    ({"a": {"b": 2}}, {"a": {"b": 3}}, "`a.b` is 2, expected 3."),
    ([1, 2, 3], [1, 2], "The list has 3 items, expected 2: 3 should not be there."),
    ([1], [1, 2], "The list has 1 item, expected 2: 2 is missing."),
    ([1, 3], [1, 2], "`[1]` is 3, expected 2."),
    (True, 1, "The response is true, expected the number 1."),
    (1, True, "The response is the number 1, expected true."),
    (True, int, "The response is true, expected an integer."),
    ("5", 5, 'The response is the string "5", expected the number 5.'),
    (5.5, int, "The response is the number 5.5, expected an integer."),
    (None, {"id": 1}, "The response is null, expected an object with 'id'."),
    ({}, [], "The response is an empty object, expected a list."),
    ({"a": 1, "b": 2}, exactly({"a": 1}), 'In the response there is "b", which is not expected.'),
    ({"a": 1}, unordered([1]), 'The response is an object with "a", expected a list.'),
    ([1, 1], unordered([1, 2]), "In the response 2 is missing."),
    ([1, 2, 2], unordered([1, 2]), "The list has 3 items, expected 2: 2 appears twice."),
    ("c", one_of("a", "b"), 'The response is "c", expected "a" or "b".'),
    (4, matching(lambda text: len(text) == 10, "a date"), "The response is 4, expected a date."),
    ("a ", "a", 'The response is "a ", expected "a" (the spaces around it differ).'),
    ("A", "a", 'The response is "A", expected "a" (upper and lower case differ).'),
    ([{"id": 1}], {"id": 1}, "The response is a list with 1 item, expected an object with 'id'."),
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


ITEMS = [{"id": number, "name": f"n{number}"} for number in range(1, 8)]
LISTS = {
    "not tidied": (
        ["  ship ", "BIRD", "bird", "ship"],
        ["bird", "ship"],
        'has 4 items, expected 2: "  ship " differs from "ship" only in spaces or case.',
    ),
    "not filtered": (ITEMS, [ITEMS[2], ITEMS[6]], "is not filtered: 7 items, expected 2; id 1 should not be there."),
    "not cut": (ITEMS, ITEMS[:3], "has 7 items, expected 3: id 4 should not be there."),
    "one too many": (ITEMS[:4], ITEMS[1:4], "has 4 items, expected 3: id 1 should not be there."),
    "one missing": (ITEMS[:6], ITEMS, "has 6 items, expected 7: id 7 is missing."),
    "empty": ([], ITEMS, "is empty, expected 7 items."),
    "order": (ITEMS[::-1], ITEMS, "is not in id order: [0] is id 7, expected id 1."),
    "later order": (
        [ITEMS[2], ITEMS[0], ITEMS[1]],
        [ITEMS[2], ITEMS[1], ITEMS[0]],
        "has the right items in the wrong order: [1] is id 1, expected id 2.",
    ),
    "twice": (ITEMS + ITEMS, ITEMS, "has 14 items, expected 7: id 1 appears twice."),
    "others": (
        [ITEMS[0], ITEMS[4]],
        ITEMS[:2],
        "has different items than expected: id 5 should not be there, id 2 is missing.",
    ),
}


@pytest.mark.parametrize(("found", "expected", "told"), LISTS.values(), ids=LISTS)
def test_lists_are_compared_as_a_whole(found, expected, told):
    """The difference between lists is described for the whole list, by the ids of its items."""
    assert difference(found, expected) == f"The list {told}"
    assert difference({"items": found}, {"items": expected}) == f"The list `items` {told}"


@pytest.mark.parametrize("name", ["not filtered", "one too many", "one missing", "empty", "twice", "others"])
def test_lists_without_an_order_are_compared_as_a_whole(name):
    """The same is described if the order does not count."""
    found, expected, told = LISTS[name]

    assert difference(found, unordered(expected)) == f"The list {told}"


def test_item_whose_content_differs_keeps_its_path():
    """If only the content of an item differs, the path leads to it."""
    assert difference([ITEMS[0], {"id": 2, "name": "x"}], ITEMS[:2]) == '`[1].name` is "x", expected "n2".'


def test_long_lists_are_compared_one_by_one():
    """Lists too long to compare every pair of items are described by their first difference, or their length."""
    many = list(range(1000))

    assert difference([*many, 1], many) == "The list has 1001 items, expected 1000."
    assert difference([*many[:-1], -1], many) == "`[999]` is -1, expected 999."
