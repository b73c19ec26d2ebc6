"""The list of products, and the order of it that a check may rely on."""

import pytest
from classroom import expect, unordered

from .products import OK


@pytest.fixture
def order():
    """Read the ids in the list of products, in the list's own order; an empty list while there is no such list.

    A list inside an object is read, too: that is a mistake in task 4, and no other task is about it.
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
    """Make of ids what a filtered list is compared with.

    That is id order, or any order where the unfiltered list is not in id order: that is a mistake in task 4.
    """

    def look(client):
        every = order(client)
        sort = list if every == sorted(every) else unordered
        return lambda ids: sort([{"id": number} for number in sorted(ids)])

    return look


@pytest.fixture
def in_place(order):
    """Look at the list, and return a function that checks that no product in it has moved since.

    A list that was not in id order may be in any other order later: that is a mistake in task 4.
    """

    def look(client):
        before = order(client)

        def check(verb):
            moved = before == sorted(before) and order(client) != before
            expect.that(not moved, f"The list of products has another order than before the {verb}.")

        return check

    return look
