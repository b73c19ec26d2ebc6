"""Task 4: five questions, asked of tables that the course has made and filled. Run without the app."""

from classroom import task


@task(4)
def test_all_resources(queries):
    """queries/01_all_resources.sql answers every column of every resource, by id."""
    queries.answers("queries/01_all_resources.sql", queries.course.all_resources())


@task(4)
def test_food_resources(queries):
    """queries/02_food_resources.sql answers the resources whose category is exactly Food, by id."""
    queries.answers("queries/02_food_resources.sql", queries.course.food_resources(), free=True)


@task(4)
def test_search_pantry(queries):
    """queries/03_search_pantry.sql answers id, name, category where the name holds pantry in any case, by id."""
    queries.answers("queries/03_search_pantry.sql", queries.course.search_pantry())


@task(4)
def test_referrals_with_resource(queries):
    """queries/04_referrals_with_resource.sql answers family_name, resource_name for each referral, by referral id."""
    queries.answers("queries/04_referrals_with_resource.sql", queries.course.referrals_with_resource())


@task(4)
def test_referrals_per_resource(queries):
    """queries/05_referrals_per_resource.sql answers resource_id, resource_name, referral_count, zero too, by resource id."""
    queries.answers("queries/05_referrals_per_resource.sql", queries.course.referrals_per_resource())
