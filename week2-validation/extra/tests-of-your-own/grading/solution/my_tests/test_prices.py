"""Task 2: tests of GET /price."""

import pytest


@pytest.mark.parametrize(
    ("grams", "cents"), [(1, 450), (1000, 450), (1001, 700), (5000, 700), (5001, 1200), (20000, 1200)]
)
def test_price_of_each_class(client, grams, cents):
    """The price depends on the weight, and changes just above each limit."""
    response = client.get("/price", params={"grams": grams})

    assert response.status_code == 200
    assert response.json()["cents"] == cents


@pytest.mark.parametrize(("grams", "cents"), [(700, 750), (3000, 1000), (9000, 1500)])
def test_express_costs_more(client, grams, cents):
    """Express adds the same amount in each class."""
    response = client.get("/price", params={"grams": grams, "express": True})

    assert response.json()["cents"] == cents


@pytest.mark.parametrize("grams", [0, 20001])
def test_impossible_weights_are_rejected(client, grams):
    """Weights below and above the limits are rejected with 422."""
    assert client.get("/price", params={"grams": grams}).status_code == 422
