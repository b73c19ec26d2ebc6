"""The list of products: which products are in it, and in which order."""

import json
from urllib.parse import unquote_plus

import pytest
from classroom import expect, unordered

from .products import FIELDS, OK


@pytest.fixture
def order():
    """Read the list of products, and return the ids in it, in list order, or no ids if there is no such list.

    A list inside an object is read, too: that mistake costs task 4 and no other task.
    """

    def read(client, **asked):
        listed = client.get("/products", params=asked)
        found = listed.json if listed.status == OK else None
        if isinstance(found, dict):
            found = next((value for value in found.values() if isinstance(value, list)), None)
        ids = [product.get("id") for product in found or [] if isinstance(product, dict)]
        return [number for number in ids if isinstance(number, int)]

    return read


@pytest.fixture
def listing(order):
    """Turn ids into the value that a filtered list is compared with.

    That is id order, or any order if the unfiltered list is not in id order: that mistake costs task 4.
    """

    def look(client):
        every = order(client)
        sort = list if every == sorted(every) else unordered
        return lambda ids: sort([{"id": number} for number in sorted(ids)])

    return look


@pytest.fixture
def in_place(order):
    """Read the list, and return a function that checks that no product in it has moved since.

    A list that was not in id order may have any other order later: that mistake costs task 4.
    """

    def look(client):
        before = order(client)

        def check(verb):
            moved = before == sorted(before) and order(client) != before
            expect.that(not moved, f"The {verb} changed the order of the list of products.")

        return check

    return look


@pytest.fixture
def selects():
    """Check which products a filtered list contains, and return an expectation about the rest.

    The sentence names the first product that is missing or unexpected, with the field that was filtered by.
    """

    def check(answer, field, expected, created=()):
        request = unquote_plus(str(answer.exchange))
        if (ids := ids_in(answer)) is not None:
            wanted = {product["id"] for product in expected}
            for product in expected:
                sentence = f"{request} does not return product {product['id']}{_with(product, field)}."
                expect.that(product["id"] in ids, sentence, answer)
            for product in created:
                sentence = f"{request} returns product {product['id']}{_with(product, field)}."
                expect.that(product["id"] in wanted or product["id"] not in ids, sentence, answer)
        return expect(answer)

    return check


@pytest.fixture
def page_of():
    """Check which products a page contains, and return an expectation about the rest."""

    def check(answer, ids):
        found = ids_in(answer)
        sentence = f"{answer.exchange} returned the products {found}, expected {ids}."
        expect.that(found is None or found == ids, sentence, answer)
        return expect(answer)

    return check


def ids_in(answer):
    """Return the ids in a list of products, or None if the response is not such a list."""
    if answer.status != OK or not isinstance(answer.json, list):
        return None
    ids = [product.get("id") if isinstance(product, dict) else None for product in answer.json]
    return ids if all(isinstance(number, int) for number in ids) else None


def _with(product, field):
    fields = FIELDS[1:4] if field == "whole" else [field]
    shown = (f"{name} {json.dumps(product.get(name), ensure_ascii=False)}" for name in fields)
    return f" ({', '.join(shown)})"
