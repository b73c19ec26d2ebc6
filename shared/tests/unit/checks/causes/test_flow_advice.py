"""Lines that none reaches, and lines that raise too early."""

import pytest

APP = """@app.get("/items/{{item_id}}")
def read_item(item_id: int):
{body}
"""
NOT_FOUND = '{"detail": "Item not found"}'
EXPECTED_200 = "GET /items/5 returned 404, expected 200."
RAISE = 'raise HTTPException(status_code=404, detail="Item not found")'


@pytest.mark.parametrize(
    ("body", "status", "sent", "message", "shown"),
    [
        (
            f"    if item_id not in ITEMS:\n        {RAISE}\n        return ITEMS[item_id]",
            200,
            "null",
            "The response is null, expected an object.",
            "line 5 is never reached: line 4 raises before it. Is it indented too far?",
        ),
        (
            f"    return ITEMS.get(item_id)\n    if item_id not in ITEMS:\n        {RAISE}",
            200,
            "null",
            "GET /items/5 returned 200, expected 404: null.",
            "line 4 is never reached: line 3 returns before it.",
        ),
    ],
)
def test_line_that_is_never_reached(advice, body, status, sent, message, shown):
    """The return or the raise that is missing stands below a line that ends the function."""
    assert advice(APP.format(body=body), "GET /items/5", status, sent, message=message) == f"app/main.py, {shown}"


def test_other_line_that_is_never_reached_is_no_cause(advice):
    """A line below a return that would not have changed the response is not named."""
    body = "    return 1\n    print(item_id)"

    assert advice(APP.format(body=body), "GET /items/5", 200, "1", message="returned 200, expected 404") is None


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (f"    if item_id in ITEMS:\n        {RAISE}", "line 4 raised this 404, under `if item_id in ITEMS:`."),
        (
            f"    try:\n        return ITEMS['item_id']\n    except KeyError:\n        {RAISE}",
            "line 6 raised this 404, under `except KeyError:`.",
        ),
        (
            f"    for item in ITEMS:\n        if item == item_id:\n            return item\n        {RAISE}",
            "line 6 raised this 404 inside the loop of line 3. Is it indented too far?",
        ),
        (f"    if item_id in ITEMS:\n        pass\n    else:\n        {RAISE}", "line 6 raised this 404."),
    ],
)
def test_line_that_raised(advice, body, shown):
    """The only line that can have raised the error is named, with what it stands under."""
    found = advice(APP.format(body=body), "GET /items/5", 404, NOT_FOUND, message=EXPECTED_200)

    assert found == f"app/main.py, {shown}"


@pytest.mark.parametrize(
    "body",
    [
        f"    if item_id in ITEMS:\n        {RAISE}\n    {RAISE}",
        "    raise HTTPException(404, NOT_FOUND)",
        f"    {RAISE.replace('404', '400')}",
    ],
)
def test_line_that_may_not_have_raised_is_not_named(advice, body):
    """Of two lines alike, a detail that is not written down and another status, none is named."""
    assert advice(APP.format(body=body), "GET /items/5", 404, NOT_FOUND, message=EXPECTED_200) is None


def test_right_error_is_not_explained(advice):
    """A 404 that was expected, in other words, has not been raised too early."""
    message = "The response is {...}, expected another."

    assert advice(APP.format(body=f"    {RAISE}"), "GET /items/5", 404, NOT_FOUND, message=message) is None


def test_cause_that_the_check_gives_is_not_covered(advice):
    """A check that itself says why is not explained by the line."""
    message = f"{EXPECTED_200} Is the id of the right type?"

    assert advice(APP.format(body=f"    {RAISE}"), "GET /items/5", 404, NOT_FOUND, message=message) is None
