"""The visible checks of task 2: prices."""

from classroom import task


@task(2, weight=2)
def test_prices_of_the_app(apps):
    """The tests in my_tests/test_prices.py pass on the app, and fail on an app where everything is free."""
    apps.catches(("prices.py", "return cents + EXPRESS if express else cents", "return 0"))


@task(2, weight=2)
def test_limit_of_a_class(apps):
    """Your tests fail on an app that charges the higher price for exactly 1000 grams, and on one that does so for 5000."""
    apps.catches(("prices.py", "(1000, 450)", "(999, 450)"))
    apps.catches(("prices.py", "(5000, 700)", "(4999, 700)"))


@task(2, weight=2)
def test_express_for_free(apps):
    """Your tests fail on an app that ignores express."""
    apps.catches(("prices.py", "cents + EXPRESS if express else cents", "cents"))


@task(2, weight=2)
def test_parcel_of_no_weight(apps):
    """Your tests fail on an app that returns a price for 0 grams."""
    apps.catches(("main.py", "ge=1", "ge=0"))
