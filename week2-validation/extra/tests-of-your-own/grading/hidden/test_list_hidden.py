"""Further broken apps for the tests of task 5."""

from classroom import task


@task(5)
def test_parcels_that_stay(apps):
    """Your list tests fail on an app that lists a parcel as waiting after it has been picked up."""
    apps.catches(("desk.py", 'status in (None, parcel["status"])', 'status in (None, "waiting", parcel["status"])'))


@task(5)
def test_waiting_parcels_are_picked_up(apps):
    """Your list tests fail on an app that lists all parcels as picked up."""
    apps.catches(("desk.py", 'status in (None, parcel["status"])', 'status in (None, "picked-up", parcel["status"])'))


@task(5)
def test_status_that_does_not_exist(apps):
    """Your list tests fail on an app that returns an empty list for a status that does not exist."""
    apps.catches(("main.py", 'Literal["waiting", "picked-up"] | None', "str | None"))


@task(5)
def test_list_of_a_status_is_empty(apps):
    """Your list tests fail on apps whose list for one of the statuses is always empty."""
    for status in ("waiting", "picked-up"):
        apps.catches(("desk.py", "if status in (None,", f'if status != "{status}" and status in (None,'))
