"""The visible checks of task 4: picking up."""

from classroom import task


@task(4, weight=2)
def test_pick_up_at_right_apps(apps):
    """The tests in my_tests/test_pick_up.py pass on correct apps, and fail on an app that accepts any code."""
    apps.catches(("main.py", "order.code != desk.codes[parcel_id]", "not order.code"))
    apps.passes_elsewhere()


@task(4, weight=2)
def test_rejected_and_yet_handed_out(apps):
    """Your tests fail on an app that rejects a wrong code with 403 but marks the parcel as picked up anyway."""
    apps.catches(
        (
            "main.py",
            "        raise HTTPException(403",
            "        desk.hand_out(parcel_id)\n        raise HTTPException(403",
        )
    )


@task(4, weight=2)
def test_handed_out_twice(apps):
    """Your tests fail on an app that hands out the same parcel twice."""
    apps.catches(("main.py", 'if parcel["status"] == "picked-up":', "if False:"))


@task(4, weight=2)
def test_pick_up_that_is_forgotten(apps):
    """Your tests fail on an app whose response says picked-up, but whose GET /parcels/{id} still says waiting."""
    apps.catches(
        ("main.py", "desk = Desk()\n", "desk = Desk()\ngone = set()\n"),
        ("main.py", 'if parcel["status"] == "picked-up":', "if parcel_id in gone:"),
        (
            "main.py",
            "    desk.hand_out(parcel_id)\n    return parcel\n",
            '    gone.add(parcel_id)\n    return parcel | {"status": "picked-up"}\n',
        ),
    )


@task(4)
def test_code_of_another_parcel(apps):
    """Your tests fail on an app that accepts the code of any other parcel."""
    apps.catches(("main.py", "order.code != desk.codes[parcel_id]", "order.code not in desk.codes.values()"))
