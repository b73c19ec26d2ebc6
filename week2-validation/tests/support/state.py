"""What the app has stored after a request: a product, no product, or the other products unchanged."""

from urllib.parse import urljoin, urlsplit

import pytest
from classroom import expect

from .products import OK


def shows(answer, number):
    """Return whether a response is the product with this id."""
    return answer.status == OK and isinstance(answer.json, dict) and answer.json.get("id") == number


@pytest.fixture
def stored(like):
    """Check that the app has stored exactly this product."""

    def check(client, product, **named):
        expected = product | named
        answer = client.get(f"/products/{expected['id']}")
        expect(answer).status(OK)
        try:
            expect(answer).json(like(expected))
        except AssertionError as error:
            expect.that(False, f"The stored product {expected['id']} is wrong: {error}", answer)

    return check


@pytest.fixture
def absent():
    """Check that GET /products/{id} does not return this product; task 3 checks for the 404."""

    def check(client, number):
        answer = client.get(f"/products/{number}")
        expect.that(not shows(answer, number), f"GET /products/{number} still returns a product.", answer)

    return check


@pytest.fixture
def put_alone(like, stored, in_place):
    """Replace a product with PUT, and check that no neighbor changes or moves in the list."""

    def check(client, old, new, neighbors, times=1):
        unmoved = in_place(client)

        for _ in range(times):
            expect(client.put(f"/products/{old['id']}", json=new)).ok(like(new, id=old["id"]))

        stored(client, new, id=old["id"])
        for neighbor in neighbors:
            stored(client, neighbor)
        unmoved("PUT")

    return check


@pytest.fixture
def leads_to():
    """Check that the Location header of a response points to the product in its body."""

    def check(client, created):
        expect(created).header("location")
        location, number = created.headers["location"], created.json["id"]
        path = urlsplit(urljoin(f"http://shop{created.exchange.path}", location)).path
        if path.rstrip("/") == f"/products/{number}":
            return
        found = client.get(path)
        sentence = f"The Location header is {location!r}: GET {path} returns {found.status}, not product {number}."
        expect.that(shows(found, number), sentence, created)

    return check
