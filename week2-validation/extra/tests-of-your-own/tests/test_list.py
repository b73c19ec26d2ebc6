"""The visible checks of task 5: the list."""

from classroom import task


@task(5, weight=2)
def test_list_of_right_apps(apps):
    """The tests in my_tests/test_list.py pass on correct apps, and fail if an app lists the newest parcel first."""
    apps.catches(("main.py", "return desk.with_status(status)", "return desk.with_status(status)[::-1]"))
    apps.passes_elsewhere()


@task(5, weight=2)
def test_status_that_is_ignored(apps):
    """Your tests fail on an app that lists all parcels, no matter which status is requested."""
    apps.catches(("main.py", "desk.with_status(status)", "desk.with_status(None)"))


@task(5, weight=2)
def test_rejected_and_yet_listed(apps):
    """Your tests fail on an app that rejects a blank recipient with 422 but lists the parcel anyway."""
    apps.catches(
        ("main.py", "strip_whitespace=True, min_length=1, ", "strip_whitespace=True, "),
        (
            "main.py",
            "    response.headers",
            '    if not new.recipient:\n        raise HTTPException(422, "Who?")\n    response.headers',
        ),
    )
