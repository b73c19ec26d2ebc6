"""Task 2: tests of GET /price."""


def test_price_of_each_class(client):
    """The price depends on the weight, and changes just above each limit."""
    # TODO 2: compare the prices on both sides of each limit; @pytest.mark.parametrize helps.
    raise NotImplementedError("TODO 2: compare the prices on both sides of each limit")


def test_express_costs_more(client):
    """Express adds the same amount in each class."""
    # TODO 2: compare prices with express=true.
    raise NotImplementedError("TODO 2: compare prices with express")


def test_impossible_weights_are_rejected(client):
    """Weights below and above the limits are rejected with 422."""
    # TODO 2: request the price of weights that are just outside the limits.
    raise NotImplementedError("TODO 2: request prices for impossible weights")
