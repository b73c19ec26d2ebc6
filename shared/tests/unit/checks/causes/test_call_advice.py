"""Calls without their parentheses."""

import pytest

APP = """@app.post("/items", status_code=201)
def create_item():
    {line}
    return {value}


def total(rows):
    return rows.sum
"""


@pytest.mark.parametrize("line", ["connection.commit", "session.commit  # now it is saved"])
def test_statement_that_does_nothing(advice, line):
    """A method that is only named is not called."""
    text = APP.replace("{line}", line).replace("{value}", "1")
    name = line.partition(" ")[0]

    assert advice(text, "POST /items", 201, "1", message="The new row is not in the table.") == (
        f"app/main.py, line 3: `{name}` does nothing without parentheses: write {name}()."
    )


@pytest.mark.parametrize("value", ["cursor.fetchall", "users.all"])
def test_method_that_is_returned(advice, value):
    """FastAPI sends a method as an empty object."""
    text = APP.replace("{line}", "pass").replace("{value}", value)

    assert advice(text, "POST /items", 201, "{}") == (
        f"app/main.py, line 4: the parentheses are missing: write {value}()."
    )


@pytest.mark.parametrize(("line", "body"), [("session.commit()", "{}"), ("found = order.items", '{"id": 1}')])
def test_other_lines_are_right(advice, line, body):
    """A call has its parentheses, and an attribute may be a value."""
    assert advice(APP.replace("{line}", line).replace("{value}", "found"), "POST /items", 201, body) is None
