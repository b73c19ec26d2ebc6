"""Further broken apps for the tests of task 2."""

from classroom import task


@task(2)
def test_classes_begin_later(apps):
    """Your price tests fail on an app that charges the lower price for 1001 grams, and on one that does so for 5001."""
    apps.catches(("prices.py", "(1000, 450)", "(1001, 450)"))
    apps.catches(("prices.py", "(5000, 700)", "(5001, 700)"))


@task(2)
def test_lightest_and_heaviest_parcel(apps):
    """Your price tests fail on an app that rejects 1 gram, one that rejects 20000, and one that accepts 20001."""
    apps.catches(("main.py", "ge=1", "gt=1"))
    apps.catches(("main.py", "le=20000", "lt=20000"))
    apps.catches(("prices.py", "(20000, 1200)", "(20001, 1200)"), ("main.py", "le=20000", "le=20001"))


@task(2)
def test_express_in_one_class(apps):
    """Your price tests fail on an app where express is free for heavy parcels."""
    apps.catches(("prices.py", "if express else", "if express and grams <= 5000 else"))
