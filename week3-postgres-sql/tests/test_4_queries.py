"""Task 4: five questions, asked of tables that the course has made and filled. Run without the app."""

from classroom import task


@task(4)
def test_all_resources(queries, few):
    """queries/01_all_resources.sql answers every column of every resource, by id."""
    queries.hold(few)

    queries.returns("queries/01_all_resources.sql", few.all_resources())


@task(4)
def test_food_resources(queries, few):
    """queries/02_food_resources.sql answers the resources whose category is exactly Food, by id."""
    queries.hold(few)

    queries.returns("queries/02_food_resources.sql", few.food_resources(), free=True)


@task(4)
def test_search_pantry(queries, few):
    """queries/03_search_pantry.sql answers id, name, category where the name holds pantry in any case, by id."""
    queries.hold(few)

    queries.returns("queries/03_search_pantry.sql", few.search_pantry())


@task(4)
def test_referrals_with_resource(queries, few):
    """queries/04_referrals_with_resource.sql answers family_name, resource_name for each referral, by referral id."""
    queries.hold(few)

    queries.returns("queries/04_referrals_with_resource.sql", few.referrals_with_resource())


@task(4)
def test_referrals_per_resource(queries, few):
    """queries/05_referrals_per_resource.sql answers resource_id, resource_name, referral_count, by resource id."""
    queries.hold(few)

    queries.returns("queries/05_referrals_per_resource.sql", few.referrals_per_resource())
