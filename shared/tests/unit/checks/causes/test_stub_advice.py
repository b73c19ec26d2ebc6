"""Known mistakes behind a 501."""

from classroom.apps.exchange import Answer, Exchange, Headers
from classroom.checks.causes.cause import request_cause
from classroom.core.result import CheckResult, Verdict

WRITTEN = """from fastapi import FastAPI
app = FastAPI()


@app.get("/items")
def list_items():
    return sort_items([])


def sort_items(items):
    raise NotImplementedError{call}
"""
BELOW = """@app.get("/items/{item_id}")
def read_item(item_id: int):
    if item_id in ITEMS:
        return ITEMS[item_id]
    raise NotImplementedError("TODO 3: return the item")
"""
COLUMN = """@app.get("/resources")
def list_resources(q: str):
    return select(Resource).where(q in {column})
"""
UNSUPPORTED = '{"detail": "Operator \'contains\' is not supported on this expression"}'


def test_helper_that_is_not_written(advice):
    """A helper's own NotImplementedError is named by its line, and the written endpoint is no stub."""
    found = advice(WRITTEN.replace("{call}", ""), "GET /items", 501, '{"detail": ""}')

    assert found == "app/main.py, line 11 still raises NotImplementedError: write your own code there."


def test_one_of_two_helpers_is_not_named(advice):
    """Two lines that the request reaches and that raise the same text cannot be told apart."""
    twice = WRITTEN.replace("{call}", "").replace("[]", "other()") + "\n\ndef other():\n    raise NotImplementedError\n"

    assert advice(twice, "GET /items", 501, '{"detail": ""}') is None


def test_helper_that_is_still_a_todo(submission):
    """The TODO of a helper is named by its own line, also if another TODO has the same number."""
    above = 'def find():\n    raise NotImplementedError("TODO 3: find it")\n\n\n'
    text = above + WRITTEN.replace("{call}", '("TODO 3: sort them")')
    answer = Answer(501, Headers(), b'{"detail": "TODO 3: sort them"}', Exchange("GET", "/items"))
    result = CheckResult("check", False, 1, Verdict.FAIL, "asks", answer=str(answer))

    answer.exchange.answer = answer
    cause = request_cause(result, 3, answer.exchange, "", submission(text))

    assert cause == "app/main.py, line 15: TODO 3 is not written yet."


def test_raise_below_the_code(advice):
    """The stub's raise that is left below the code is named, and not called a TODO that is not written."""
    found = advice(BELOW, "GET /items/5", 501, '{"detail": "TODO 3: return the item"}')

    assert found == "app/main.py, line 5 still raises NotImplementedError, and this request reaches it."


def test_raise_of_another_text_is_not_named(advice):
    """A raise whose text is not in the response has not sent it."""
    assert advice(BELOW, "GET /items/5", 501, '{"detail": "TODO 4: save it"}') is None


def test_in_on_a_column(advice):
    """SQLAlchemy's error is explained by the line with Python's `in`."""
    found = advice(COLUMN.replace("{column}", "Resource.name"), "GET /resources?q=a", 501, UNSUPPORTED)

    assert found.startswith("app/main.py, line 3: Python's `in` does not work on a column (`q in Resource.name`)")


def test_in_on_something_else_is_not_blamed(advice):
    """A list is searched with `in` rightly."""
    assert advice(COLUMN.replace("{column}", "names"), "GET /resources?q=a", 501, UNSUPPORTED) is None
