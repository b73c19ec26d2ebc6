"""Which item an endpoint returned: sentences that say what is wrong with the choice."""

import pytest
from classroom import ApiDescription, NoAnswer, expect

FOUND, NOT_FOUND, INVALID = 200, 404, 422


@pytest.fixture
def found(client):
    """A function that explains a 404 for an item that exists."""

    def check(answer, item):
        if answer.status != NOT_FOUND or "detail" not in answer.text or '"Not Found"' in answer.text:
            return  # nothing to explain, or no endpoint has this path
        number, name = item["id"], parameter_that_is_text(client)
        sentence = (
            f'{answer.exchange} returned 404: {name} is the text "{number}", but the keys of ITEMS are integers.'
            if name
            else f"{answer.exchange} returned 404, but app/catalog.py of this check has an item {number}."
        )
        expect.that(False, sentence, answer)

    return check


def parameter_that_is_text(client):
    """Return the name of the parameter in /items/{item_id} if the app does not declare it as an integer."""
    try:
        parameters = ApiDescription(client).operation("/items/{item_id}").get("parameters") or []
        inside = [each for each in parameters if each["in"] == "path"]
        return next((each["name"] for each in inside if each["schema"].get("type") in (None, "string")), None)
    except (AssertionError, NoAnswer, KeyError, TypeError, AttributeError):
        return None


@pytest.fixture
def cheapest():
    """A function that checks that GET /items/cheapest returns the cheapest of these items."""

    def check(client, items):
        expected = items.cheapest()
        answer = client.get("/items/cheapest")
        expect.that(not is_taken_for_an_id(answer), "GET /items/cheapest reached GET /items/{item_id} instead.", answer)
        expect(answer).ok()
        if chosen := items.in_answer(answer):
            costs = f"Item {chosen['id']} costs {chosen['price']}"
            is_lowest = chosen["price"] == expected["price"]
            expect.that(
                is_lowest, f"{costs}, but the lowest price is {expected['price']}: item {expected['id']}.", answer
            )
            is_first = chosen["id"] == expected["id"]
            expect.that(
                is_first, f"{costs}, and so does item {expected['id']}: return the one with the lowest id.", answer
            )
        expect(answer).json(expected)

    return check


def is_taken_for_an_id(answer):
    """Return whether the response is about another endpoint's path parameter."""
    return (answer.status == INVALID and '"path"' in answer.text) or (
        answer.status == NOT_FOUND and "Item not found" in answer.text
    )
