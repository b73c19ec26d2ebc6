"""The visible checks of task 3: parcels."""

from classroom import task


@task(3, weight=2)
def test_parcels_of_right_apps(apps):
    """The tests in my_tests/test_parcels.py pass on correct apps, and fail on an app that never stores a parcel."""
    apps.catches(("desk.py", "return self.parcels[number]\n\n", "return self.parcels.pop(number)\n\n"))
    apps.passes_elsewhere()


@task(3, weight=2)
def test_status_of_a_new_parcel(apps):
    """Your tests fail on an app that returns 200 instead of 201 when it creates a parcel."""
    apps.catches(("main.py", ", status_code=201", ""))


@task(3, weight=2)
def test_latest_parcel_for_everyone(apps):
    """Your tests fail on an app that returns the latest parcel for every id that exists."""
    apps.catches(
        (
            "desk.py",
            "return self.parcels.get(number)",
            "return number in self.parcels and self.parcels[max(self.parcels)] or None",
        )
    )


@task(3, weight=2)
def test_blank_recipient(apps):
    """Your tests fail on an app that accepts a recipient made up only of spaces."""
    apps.catches(
        ("main.py", "strip_whitespace=True, ", ""),
        ("main.py", "desk.accept(new.recipient,", "desk.accept(new.recipient.strip(),"),
    )


@task(3)
def test_express_is_forgotten(apps):
    """Your tests fail on an app that forgets express when it stores a parcel."""
    apps.catches(("desk.py", '"express": express,', '"express": False,'))
