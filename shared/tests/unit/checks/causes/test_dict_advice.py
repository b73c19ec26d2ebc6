"""Advice about dicts that are used like lists or like objects."""

import pytest
from classroom.checks.causes.cause import error_cause
from classroom.checks.causes.definitions import definitions

from .conftest import printed

CATALOG = "ITEMS = {\n    3: {'id': 3},\n}\nNAMES = ['a']\nSIZES = {1, 2}\nPRICES = {'a': 1}\n"
CATALOG += "LISTS = {1: []}\nCOUNTS = {}\nCOUNTS['a'] = 1\nSTORED = {}\nSTORED[1] = {'id': 1}\n"
CATALOG += "PASSED = {}\ndef total(PASSED):\n    pass\n"
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
    "key of an order": (
        "TypeError: 'int' object is not subscriptable",
        "",
        "return min(ITEMS, key=lambda item: item['price'])",
        True,
    ),
    "set": ("TypeError: 'int' object is not subscriptable", "for item in SIZES:", "if item['id'] == 3:", False),
    "another field": (
        "TypeError: 'int' object is not subscriptable",
        "for item in ITEMS:",
        "if item.real == ITEMS[item]['id']['x']:",
        False,
    ),
    "another attribute": (
        "AttributeError: 'int' object has no attribute 'price'",
        "for item in ITEMS:",
        "if item.real == other.price:",
        False,
    ),
    "loop of the function above": (
        "TypeError: 'int' object is not subscriptable",
        "for item in ITEMS:\n    pass\ndef read(item):",
        "return item['id']",
        False,
    ),
    "nearest loop": (
        "TypeError: 'int' object is not subscriptable",
        "for item in ITEMS:\n    pass\nfor item in NAMES:",
        "return item['id']",
        False,
    ),
    "comment": ("TypeError: 'int' object is not subscriptable", "# for item in ITEMS:", "return item['id']", False),
    "variable that was changed": (
        "TypeError: 'int' object is not subscriptable",
        "for item in ITEMS:\n    item = 1",
        "return item['id']",
        False,
    ),
    "dict of plain values": (
        "TypeError: string indices must be integers, not 'str'",
        "for item in PRICES:",
        "return item['id']",
        False,
    ),
    "dict of lists": ("TypeError: 'int' object is not subscriptable", "for item in LISTS:", "return item['id']", False),
    "dict that is filled with numbers": (
        "TypeError: 'int' object is not subscriptable",
        "for item in COUNTS:",
        "return item['id']",
        False,
    ),
    "dict that is filled with objects": (
        "TypeError: 'int' object is not subscriptable",
        "for item in STORED:",
        "return item['id']",
        True,
    ),
    "parameter of that name": (
        "TypeError: 'int' object is not subscriptable",
        "for item in PASSED:",
        "return item['id']",
        False,
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
    lines = [*loop.splitlines(), source]
    if len(lines) > 1 and lines[-2].endswith(":") and not lines[-2].startswith("#"):
        lines[-1] = f"    {source}"
    body = "pass" if source.endswith(":") else ""
    folder = submission(
        "".join(f"    {line}\n" for line in lines).join(["def read():\n", f"            {body}\n"]), catalog=CATALOG
    )
    assert definitions(folder), (
        "a file with a syntax error would make the cases of which nothing is said right by chance"
    )

    cause = error_cause(printed(error, source, len(lines) + 1), folder).splitlines()[0]

    assert (" is a dict, and a loop over a dict gives its keys: write " in cause) is is_said
    assert error.split(", not")[0] in cause


FIELDS = {
    "field": ("return item.price", 'Write item["price"].'),
    "field of a field": ("return shop.item.price", 'Write shop.item["price"].'),
    "field of an item": ("return items[0].price", 'Write items[0]["price"].'),
    "field in an f-string": ('return f"{item.price} euros"', "Write item['price']."),
    "two values": ("if item.price == other.price:", 'Write ["price"] after the dict\'s name.'),
}


@pytest.mark.parametrize(("source", "advice"), FIELDS.values(), ids=FIELDS)
def test_field_of_a_dict_is_read_with_brackets(submission, source, advice):
    """A field of a dict that is read like an attribute is named as it must be written."""
    error = "AttributeError: 'dict' object has no attribute 'price'"

    cause = error_cause(printed(error, source), submission("ITEM = {'price': 1}\n")).splitlines()[0]

    assert cause == f"app/main.py, line 2: {error}: a dict's fields are read with brackets. {advice}"


OTHER_ATTRIBUTES = {
    "method": ("price", "item.price()", ""),
    "field of nothing": ("status_code", "response.status_code", ""),
    "suggestion of Python": ("value", "item.value", ". Did you mean: 'values'?"),
    "length": ("length", "return item.length", ": write len(item)."),
    "field of all items": ("price", "return ITEMS.price", ""),
    "field of a collection": ("price", "items[number].price or items.price", ""),
    "size": ("size", "return item.size", ""),
    "format": ("price", "'{item.price}'.format(item=item)", ""),
}


@pytest.mark.parametrize(("name", "source", "more"), OTHER_ATTRIBUTES.values(), ids=OTHER_ATTRIBUTES)
def test_other_attributes_of_a_dict_are_not_called_fields(submission, name, source, more):
    """What a dict lacks and no dict of the app holds is not a field."""
    error = f"AttributeError: 'dict' object has no attribute '{name}'"
    text = printed(error + (more if "mean" in more else ""), source)

    cause = error_cause(text, submission("ITEM = {'price': 1, 'value': 2}\nITEMS = {1: ITEM}\n")).splitlines()[0]

    assert cause == f"app/main.py, line 2: {error}{more}"
