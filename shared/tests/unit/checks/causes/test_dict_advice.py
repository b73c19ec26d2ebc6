"""Advice about dicts that are used like lists or like objects."""

import pytest
from classroom.checks.causes.cause import error_cause

from .conftest import printed

CATALOG = "ITEMS = {\n    3: {'id': 3},\n}\nNAMES = ['a']\n"
LOOPS = {
    "brackets": ("TypeError: 'int' object is not subscriptable", "for item in ITEMS:", "if item['id'] == 3:", True),
    "dot": ("AttributeError: 'int' object has no attribute 'id'", "for item in ITEMS:", "if item.id == 3:", True),
    "keys that are text": (
        "TypeError: string indices must be integers, not 'str'",
        "for item in catalog.ITEMS:",
        "return item['id']",
        True,
    ),
    "comprehension": (
        "AttributeError: 'int' object has no attribute 'get'",
        "",
        "return [item for item in ITEMS if item.get('id')]",
        True,
    ),
    "list": ("TypeError: 'int' object is not subscriptable", "for item in NAMES:", "if item['id'] == 3:", False),
    "values": (
        "TypeError: 'int' object is not subscriptable",
        "for item in ITEMS.values():",
        "if item['id']['x'] == 3:",
        False,
    ),
    "another variable": (
        "TypeError: 'int' object is not subscriptable",
        "for item in ITEMS:",
        "if number['id'] == 3:",
        False,
    ),
}


@pytest.mark.parametrize(("error", "loop", "source", "is_said"), LOOPS.values(), ids=LOOPS)
def test_loop_over_the_keys_of_a_dict(submission, error, loop, source, is_said):
    """If the keys of a dict are used as if they were its values, the cause is the loop."""
    folder = submission(f"{loop}\n    {source}\n", catalog=CATALOG)

    cause = error_cause(printed(error, source), folder).splitlines()[0]

    assert ("ITEMS is a dict, and a loop over a dict gives its keys: write `for item in" in cause) is is_said
    assert error.split(", not")[0] in cause


@pytest.mark.parametrize(
    ("source", "advice"),
    [("return item.price", ': a dict\'s fields are read with brackets. Write item["price"].'), ("item.price()", "")],
)
def test_field_of_a_dict_is_read_with_brackets(submission, source, advice):
    """A field that is read like an attribute is named as it must be written; a method that a dict lacks is not a field."""
    error = "AttributeError: 'dict' object has no attribute 'price'"

    cause = error_cause(printed(error, source), submission()).splitlines()[0]

    assert cause == f"app/main.py, line 2: {error}{advice}"
