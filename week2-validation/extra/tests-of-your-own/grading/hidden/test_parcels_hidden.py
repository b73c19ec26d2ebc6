"""Further broken apps for the tests of task 3."""

from classroom import task


@task(3)
def test_location_of_the_list(apps):
    """Your parcel tests fail on an app whose Location header lacks the id."""
    apps.catches(("main.py", "f\"/parcels/{parcel['id']}\"", '"/parcels"'))


@task(3)
def test_spaces_around_a_name(apps):
    """Your parcel tests fail on an app that keeps the spaces around a recipient."""
    apps.catches(("main.py", "strip_whitespace=True, min_length=1", 'pattern=r"\\S"'))


@task(3)
def test_parcel_that_is_too_heavy(apps):
    """Your parcel tests fail on an app that accepts 20001 grams, and on one that accepts 0."""
    apps.catches(
        ("main.py", "    grams: Grams\n", "    grams: Annotated[int, Field(ge=1, le=20001)]\n"),
        ("prices.py", "20000", "20001"),
    )
    apps.catches(("main.py", "    grams: Grams\n", "    grams: Annotated[int, Field(ge=0, le=20000)]\n"))


@task(3)
def test_name_that_is_too_long(apps):
    """Your parcel tests fail on an app that accepts a recipient of 61 characters."""
    apps.catches(("main.py", "max_length=60", "max_length=61"))


@task(3)
def test_code_for_everyone(apps):
    """Your parcel tests fail on an app that shows a parcel's code to everyone who reads the parcel."""
    apps.catches(
        ("main.py", "return find_parcel(parcel_id)", 'return find_parcel(parcel_id) | {"code": desk.codes[parcel_id]}')
    )


@task(3)
def test_nothing_for_a_missing_parcel(apps):
    """Your parcel tests fail on an app that returns 200 and null for a parcel that does not exist."""
    apps.catches(("main.py", "return find_parcel(parcel_id)", "return desk.find(parcel_id)"))
