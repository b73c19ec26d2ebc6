"""Responses that an endpoint returns itself."""

import pytest

APP = """@app.post("/products", status_code=201)
def create(response: Response):
    response.headers["Location"] = "/products/1"
    return {value}
"""
NO_HEADER = "The response has no location header."


def test_header_that_is_lost(advice):
    """The header was set on a response that is not sent."""
    text = APP.replace("{value}", "JSONResponse(created, status_code=201)")

    assert advice(text, "POST /products", 201, "{}", message=NO_HEADER) == (
        "app/main.py, line 4: this JSONResponse is sent instead of `response`, whose headers are lost: "
        "return the value itself."
    )


@pytest.mark.parametrize("value", ["created", 'JSONResponse(created, headers={"X": "1"})'])
def test_header_that_is_missing_otherwise(advice, value):
    """A returned value has the headers of the response, and a response may have its own."""
    assert advice(APP.replace("{value}", value), "POST /products", 201, "1", message=NO_HEADER) is None


def test_error_without_a_body(advice):
    """An empty Response is no error that clients can read."""
    text = '@app.get("/products/{id}")\ndef read(id: int):\n    return Response(status_code=404)\n'

    found = advice(text, "GET /products/1", 404, "", message="The response body is not JSON.")

    assert found.startswith("app/main.py, line 3: this Response has no body: write `raise HTTPException(404, ...)`")
