"""Task 4 on more rows, and on empty tables."""

from classroom import task


@task(4)
def test_all_resources_of_many(queries, many):
    """queries/01_all_resources.sql returns the right rows, whether the tables have a few dozen rows or none."""
    queries.hold(many)
    queries.returns("queries/01_all_resources.sql", many.all_resources())

    queries.hold()
    queries.returns("queries/01_all_resources.sql", [])


@task(4)
def test_food_resources_of_many(queries, many):
    """queries/02_food_resources.sql returns the right rows, whether the tables have a few dozen rows or none."""
    queries.hold(many)
    queries.returns("queries/02_food_resources.sql", many.food_resources(), free=True)

    queries.hold()
    queries.returns("queries/02_food_resources.sql", [], free=True)


@task(4)
def test_search_pantry_of_many(queries, many):
    """queries/03_search_pantry.sql returns the right rows, whether the tables have a few dozen rows or none."""
    queries.hold(many)
    queries.returns("queries/03_search_pantry.sql", many.search_pantry())

    queries.hold()
    queries.returns("queries/03_search_pantry.sql", [])


@task(4)
def test_referrals_with_resource_of_many(queries, many):
    """queries/04_referrals_with_resource.sql returns the right rows, whether the tables have a few dozen rows or none."""
    queries.hold(many)
    queries.returns(
        "queries/04_referrals_with_resource.sql", many.referrals_with_resource(), order="by the id of the referral"
    )

    queries.hold()
    queries.returns("queries/04_referrals_with_resource.sql", [])


@task(4)
def test_referrals_per_resource_of_many(queries, many):
    """queries/05_referrals_per_resource.sql returns the right rows, whether the tables have a few dozen rows or none."""
    queries.hold(many)
    queries.returns("queries/05_referrals_per_resource.sql", many.referrals_per_resource())

    queries.hold()
    queries.returns("queries/05_referrals_per_resource.sql", [])
