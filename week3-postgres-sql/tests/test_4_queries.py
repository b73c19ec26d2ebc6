"""Task 4: five questions, asked of tables that the course has made and filled. Run without the app."""

from classroom import task


@task(4)
def test_all_resources(course):
    """queries/01_all_resources.sql answers every column of every resource, by id."""
    course.fill()

    course.answers("01_all_resources", course.resources)


@task(4)
def test_food_resources(course):
    """queries/02_food_resources.sql answers the resources whose category is exactly Food, by id."""
    course.fill()

    food = [row for row in course.resources if row["category"] == "Food"]
    course.answers("02_food_resources", food, columns=["id"])


@task(4)
def test_search_pantry(course):
    """queries/03_search_pantry.sql answers id, name, category where the name holds pantry in any case, by id."""
    course.fill()

    named = [row for row in course.resources if "pantry" in row["name"].lower()]
    course.answers("03_search_pantry", [{key: row[key] for key in ("id", "name", "category")} for row in named])


@task(4)
def test_referrals_with_resource(course):
    """queries/04_referrals_with_resource.sql answers family_name, resource_name for each referral, by referral id."""
    course.fill()

    expected = [
        {"family_name": row["family_name"], "resource_name": course.resource(row["resource_id"])["name"]}
        for row in course.referrals
    ]
    course.answers("04_referrals_with_resource", expected)


@task(4)
def test_referrals_per_resource(course):
    """queries/05_referrals_per_resource.sql answers resource_id, resource_name, referral_count, zero too, by resource id."""
    course.fill()

    expected = [
        {"resource_id": row["id"], "resource_name": row["name"], "referral_count": course.count(row)}
        for row in course.resources
    ]
    course.answers("05_referrals_per_resource", expected)
