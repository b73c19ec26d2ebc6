"""Further broken apps for the tests of task 4."""

from classroom import task


@task(4)
def test_all_parcels_at_once(apps):
    """Your pickup tests fail on an app that marks every parcel as picked up."""
    apps.catches(
        (
            "desk.py",
            'self.parcels[number]["status"] = "picked-up"',
            'for parcel in self.parcels.values():\n            parcel["status"] = "picked-up"',
        )
    )


@task(4)
def test_parcel_from_nowhere(apps):
    """Your pickup tests fail on an app that returns 403 for a parcel that does not exist."""
    apps.catches(
        (
            "main.py",
            '"""Hand a parcel to someone who knows its code."""\n',
            '"""Hand a parcel to someone who knows its code."""\n    if desk.find(parcel_id) is None:\n        raise HTTPException(403)\n',
        ),
    )
