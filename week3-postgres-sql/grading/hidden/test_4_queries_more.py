"""Task 4 on more rows, and on none."""

from classroom import task


@task(4)
def test_all_resources_of_many(course):
    """queries/01_all_resources.sql answers all of some dozens of resources, and none where there are none."""
    course.answers("01_all_resources", [])
    course.fill(more=30)

    course.answers("01_all_resources", course.resources)


@task(4)
def test_food_resources_of_many(course):
    """queries/02_food_resources.sql finds the category Food, and nothing like it, among some dozens of resources."""
    course.answers("02_food_resources", [], columns=["id"])
    course.fill(more=30)

    food = [row for row in course.resources if row["category"] == "Food"]
    course.answers("02_food_resources", food, columns=["id"])


@task(4)
def test_search_pantry_of_many(course):
    """queries/03_search_pantry.sql finds the names with pantry among some dozens of resources."""
    course.answers("03_search_pantry", [])
    course.fill(more=30)

    named = [row for row in course.resources if "pantry" in row["name"].lower()]
    course.answers("03_search_pantry", [{key: row[key] for key in ("id", "name", "category")} for row in named])


@task(4)
def test_referrals_with_resource_of_many(course):
    """queries/04_referrals_with_resource.sql answers each of some dozens of referrals once, and none where there are none."""
    course.answers("04_referrals_with_resource", [])
    course.fill(more=30)

    expected = [
        {"family_name": row["family_name"], "resource_name": course.resource(row["resource_id"])["name"]}
        for row in course.referrals
    ]
    course.answers("04_referrals_with_resource", expected)


@task(4)
def test_referrals_per_resource_of_many(course):
    """queries/05_referrals_per_resource.sql counts the referrals of each of some dozens of resources."""
    course.answers("05_referrals_per_resource", [])
    course.fill(more=30)

    expected = [
        {"resource_id": row["id"], "resource_name": row["name"], "referral_count": course.count(row)}
        for row in course.resources
    ]
    course.answers("05_referrals_per_resource", expected)
