"""What the app holds after a request: a product, no product, or nothing else changed."""

from urllib.parse import urljoin, urlsplit

import pytest
from classroom import expect

from .products import OK, is_success


def shows(answer, number):
    """Return whether a response holds the product with this id."""
    return answer.status == OK and isinstance(answer.json, dict) and answer.json.get("id") == number


@pytest.fixture
def accepted():
    """Check that something valid was accepted: any 2xx will do where the code is not what a check is about."""

    def check(answer):
        sentence = f"This is valid, and was answered with {answer.status} instead of 201."
        expect.that(is_success(answer), sentence, answer)
        return expect(answer)

    return check


@pytest.fixture
def stored(like):
    """Check that the app holds a product exactly like this one."""

    def check(client, product, **named):
        expected = product | named
        expect(client.get(f"/products/{expected['id']}")).ok(like(expected))

    return check


@pytest.fixture
def absent():
    """Check that GET /products/{id} does not return this product; that the status code is 404 is a matter of task 3."""

    def check(client, number):
        answer = client.get(f"/products/{number}")
        expect.that(not shows(answer, number), f"GET /products/{number} returns a product.", answer)

    return check


@pytest.fixture
def put_alone(like, stored, in_place):
    """Replace a product with PUT, and check that no neighbor of it changes and none moves in the list."""

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
    """Check that the Location header of a response leads to the product in it."""

    def check(client, created):
        expect(created).header("location")
        location, number = created.headers["location"], created.json["id"]
        path = urlsplit(urljoin(f"http://shop{created.exchange.path}", location)).path
        if path.rstrip("/") == f"/products/{number}":
            return
        found = client.get(path)
        sentence = f"The Location header is {location!r}: GET {path} answers {found.status}, not the product {number}."
        expect.that(shows(found, number), sentence, created)

    return check
