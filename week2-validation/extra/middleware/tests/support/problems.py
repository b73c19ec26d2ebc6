"""What an error in the format application/problem+json must have."""

from classroom import expect

TYPE = "application/problem+json"


def expect_problem(answer, status):
    """Expect an error with this status to be a problem, and return its JSON."""
    expect(answer).refused(status)
    found = (answer.headers.get("content-type") or "nothing").partition(";")[0].strip()
    expect.that(found == TYPE, f"The {status} of {answer.exchange} is sent as {found}, expected {TYPE}.", answer)
    expect(answer).json({"title": str, "status": status, "detail": str})
    for name in ("title", "detail"):
        expect.that(answer.json[name].strip(), f"The {name} of the {status} of {answer.exchange} is empty.", answer)
    return answer.json


def expect_errors(answer, field):
    """Expect a 422's problem to list what is wrong, including this field."""
    errors = expect_problem(answer, 422).get("errors")
    expect.that(isinstance(errors, list) and errors, f"The 422 of {answer.exchange} has no list `errors`.", answer)
    for entry in errors:
        complete = isinstance(entry, dict) and isinstance(entry.get("loc"), list) and entry.get("msg")
        expect.that(complete, f"An entry of `errors` needs `loc` and `msg`, as FastAPI's own has: {entry}", answer)
    named = any(field in entry["loc"] for entry in errors)
    expect.that(named, f"No entry of `errors` has {field} in its `loc`.", answer)
