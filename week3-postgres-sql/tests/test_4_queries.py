"""Task 4: five questions, run on tables that the course has made and filled, without the app."""

from classroom import task


@task(4)
def test_all_resources(queries, few):
    """queries/01_all_resources.sql returns every column of every resource, ordered by id."""
    queries.hold(few)

    queries.returns("queries/01_all_resources.sql", few.all_resources())


@task(4)
def test_food_resources(queries, few):
    """queries/02_food_resources.sql returns the resources whose category is exactly Food, ordered by id."""
    queries.hold(few)

    queries.returns("queries/02_food_resources.sql", few.food_resources(), free=True)


@task(4)
def test_search_pantry(queries, few):
    """queries/03_search_pantry.sql returns id, name and category where name contains pantry (any case), in id order."""
    queries.hold(few)

    queries.returns("queries/03_search_pantry.sql", few.search_pantry())


@task(4)
def test_referrals_with_resource(queries, few):
    """queries/04_referrals_with_resource.sql returns each referral's family_name and resource_name, by referral id."""
    queries.hold(few)

    queries.returns(
        "queries/04_referrals_with_resource.sql", few.referrals_with_resource(), order="by the id of the referral"
    )


@task(4)
def test_referrals_per_resource(queries, few):
    """queries/05_referrals_per_resource.sql returns resource_id, resource_name and referral_count, by resource id."""
    queries.hold(few)

    queries.returns("queries/05_referrals_per_resource.sql", few.referrals_per_resource())
