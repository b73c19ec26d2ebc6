"""The visible checks of task 1. Each one runs your tests on an app: see support/desk.py."""

from classroom import task


@task(1)
def test_first_test_works(apps):
    """The test in my_tests/test_first.py passes on the app, and fails on an app with a different name."""
    apps.catches(("main.py", "Harbor Street", "Station Road"))
